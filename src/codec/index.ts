/** Layer 1: bytes to frames and back. Splitters, scanners and checksums that know no device; pure, and bounded in memory whatever comes. */
export * from "./checksums.ts";
export type { Discard } from "./discard-run.ts";
export * from "./frames.ts";
export * from "./lines.ts";
export * from "./marked-lines.ts";
export * from "./view.ts";
