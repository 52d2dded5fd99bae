import { resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");
export const modules = resolve(root, "node_modules");
export const dist = resolve(root, "dist");
/** Survives from run to run: base binaries as they came from the registry. Safe to delete. */
export const cache = resolve(root, ".cache/package");
