/** Layer 3: the link to a microcontroller, firmware-bridge/SPEC.md: frames, messages, what comes once and in order, and the host's end. Pure: bytes and time in, events out. */
export { Float32, type Item } from "./cbor.ts";
export { writeCommand, writeMetric } from "./description-items.ts";
export { FRAME_OVERHEAD_BYTES, MAX_FRAME_BYTES, readFrame, writeFrame, type Frame } from "./frame.ts";
export { keyOf, type LinkCall, type LinkOutcome } from "./host-calls.ts";
export { HostLink, type LinkClock, type LinkEvent } from "./host-link.ts";
export { FROM_DEVICE, FROM_HOST, KNOWS_TIME, LINK_VERSION } from "./kinds.table.ts";
export type { LinkQuality } from "./link-quality.ts";
export {
  writeDeviceMessage,
  writeHostMessage,
  type Content,
  type DeviceMessage,
  type HostMessage,
  type LinkValue,
  type OwnMessage,
} from "./messages.ts";
export { readDeviceMessage, readHostMessage } from "./read-messages.ts";
export { ReliableReceiver, type Received } from "./reliable-receiver.ts";
export { ReliableSender, type Sending } from "./reliable-sender.ts";
export { SegmentReader, type SegmentItem } from "./segments.ts";
export { after, distance } from "./sequence.ts";
export { fromLink, plainOf, toLink } from "./values.ts";
