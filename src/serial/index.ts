/**
 * Layer 2: byte lines to the outside. A port is a tty, a TCP serial server, a simulator or a recording; ReopeningPort keeps one open
 * through unplugging and restarts; listPorts says which there are. Bytes only: framing is codec's, meaning the driver's.
 */
export { type NodeAccess } from "./device-node.ts";
export * from "./list-ports.ts";
export { checkTty } from "./open-failure.ts";
export * from "./open-port.ts";
export {
  type LineSettings,
  MAX_PENDING_BYTES,
  type Port,
  type PortHandlers,
  type PortOptions,
  type SimulatedLine,
} from "./port.ts";
export { type PortHolder } from "./port-holders.ts";
export { type PortState } from "./port-state.ts";
export * from "./reopening-port.ts";
export { Recorder } from "./recorder.ts";
export {
  formatHeader,
  formatItem,
  MAX_CHUNK_BYTES,
  MAX_RECORDING_LINE_BYTES,
  type RecordedItem,
} from "./recording.ts";
export { RecordingFile } from "./recording-file.ts";
export type { RecordingHeader } from "./recording-header.ts";
export { RecordingParser } from "./recording-parser.ts";
export { SYSTEM, type SystemRoots } from "./system.ts";
