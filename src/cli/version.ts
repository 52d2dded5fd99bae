import manifest from "../../package.json" with { type: "json" };

/** Dunlin's version. */
export const VERSION: string = manifest.version;
