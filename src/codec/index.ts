/** Layer 1: bytes to frames and back. Splitters, scanners and checksums that know no device, and the framing that several drivers share; pure, and bounded in memory whatever comes. */
export * from "./checksums.ts";
export * from "./cobs.ts";
export { NoiseRun, type Discard } from "./discard-run.ts";
export * from "./frames.ts";
export * from "./lines.ts";
export * from "./marked-lines.ts";
export * from "./sentences.ts";
export * from "./slip.ts";
export * from "./ubx.ts";
export * from "./view.ts";
