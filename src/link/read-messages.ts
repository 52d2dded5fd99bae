import { Float32, readItem, type Item } from "./cbor.ts";
import { FROM_DEVICE, FROM_HOST, LINK_VERSION } from "./kinds.table.ts";
import type { Content, DeviceMessage, HostMessage, LinkValue, Pong } from "./messages.ts";

type Unread = "unparsable" | "unsupported";

/** @returns why it cannot be read: a kind that is not known, or a payload that is not its */
export function readDeviceMessage({ kind, payload }: Content): DeviceMessage | Unread {
  const read = DEVICE_READERS.get(kind);
  if (!read) return "unsupported";
  return readWith(read, payload);
}

/** As {@link readDeviceMessage}. */
export function readHostMessage({ kind, payload }: Content): HostMessage | Unread {
  const read = HOST_READERS.get(kind);
  if (!read) return "unsupported";
  return readWith(read, payload);
}

function readWith<Message>(read: (item: Item) => Message | undefined, payload: Buffer): Message | Unread {
  const item = readItem(payload);
  return (item === undefined ? undefined : read(item)) ?? "unparsable";
}

type Readers<Message> = ReadonlyMap<number, (item: Item) => Message | undefined>;

const HOST_READERS: Readers<HostMessage> = new Map<number, (item: Item) => HostMessage | undefined>([
  [
    FROM_HOST.hello,
    (item) => {
      const [version, session, timeoutMs] = list(item);
      return isByte(version) && isSession(session) && isUint(timeoutMs)
        ? { type: "hello", version, session, timeoutMs }
        : undefined;
    },
  ],
  [
    FROM_HOST.ping,
    (item) => {
      const [session, token, timeoutMs] = list(item);
      return isSession(session) && isUint(token) && isUint(timeoutMs)
        ? { type: "ping", session, token, timeoutMs }
        : undefined;
    },
  ],
  [FROM_HOST.ask, (item) => one(item, (number) => ({ type: "ask", item: number }))],
  [
    FROM_HOST.call,
    (item) => {
      const [key, command, args] = list(item);
      return isUint(key) && isByte(command) && isMapOf(args, isByte)
        ? { type: "call", key, command, args }
        : undefined;
    },
  ],
  [FROM_HOST.cancel, (item) => one(item, (key) => ({ type: "cancel", key }))],
  [FROM_HOST.ack, (item) => one(item, (bits) => ({ type: "ack", bits }))],
  [
    FROM_HOST.time,
    (item) => {
      const [seconds, milliseconds, synced] = list(item);
      return isUint(seconds) && isUint(milliseconds) && milliseconds < 1_000 && typeof synced === "boolean"
        ? { type: "time", seconds, milliseconds, synced }
        : undefined;
    },
  ],
]);

const DEVICE_READERS: Readers<DeviceMessage> = new Map<number, (item: Item) => DeviceMessage | undefined>([
  [FROM_DEVICE.ack, (item) => one(item, (bits) => ({ type: "ack", bits }))],
  [FROM_DEVICE.boot, (item) => one(item, (version) => ({ type: "boot", version }))],
  [FROM_DEVICE.welcome, readWelcome],
  [FROM_DEVICE.pong, readPong],
  [
    FROM_DEVICE.item,
    (item) => {
      const [number, ...fields] = all(item);
      return isByte(number) ? { type: "item", item: number, fields } : undefined;
    },
  ],
  [FROM_DEVICE.reading, (item) => (isMapOf(item, isByte) ? { type: "reading", values: item } : undefined)],
  [FROM_DEVICE.outcome, readOutcome],
  [FROM_DEVICE.log, (item) => (typeof item === "string" ? { type: "log", text: item } : undefined)],
]);

/** Shortest frame that a device may have room for, and longest there is. */
const LEAST_FRAME_BYTES = 32;
const MAX_WINDOW = 8;
const MAX_ITEMS = 255;

function readWelcome(item: Item): DeviceMessage | undefined {
  const [version, session, first, maxFrameBytes, window, items, capabilities, name, firmware] = list(item);
  if (!isByte(version)) return undefined;
  if (version !== LINK_VERSION) return { type: "stranger", version };
  const isFit =
    isUint(session) &&
    isByte(first) &&
    isUint(maxFrameBytes) &&
    maxFrameBytes >= LEAST_FRAME_BYTES &&
    isUint(window) &&
    window >= 1 &&
    window <= MAX_WINDOW &&
    isUint(items) &&
    items <= MAX_ITEMS &&
    isUint(capabilities) &&
    typeof name === "string" &&
    typeof firmware === "string";
  if (!isFit) return undefined;
  return {
    type: "welcome",
    version,
    session,
    first,
    maxFrameBytes,
    window,
    items,
    capabilities,
    name,
    firmware,
  };
}

function readPong(item: Item): Pong | undefined {
  const [session, token, badFrames, retransmits, dropped] = list(item);
  const isFit =
    isSession(session) && isUint(token) && isCount(badFrames) && isCount(retransmits) && isCount(dropped);
  return isFit ? { type: "pong", session, token, badFrames, retransmits, dropped } : undefined;
}

function readOutcome(item: Item): DeviceMessage | undefined {
  const [key, ok, third] = list(item);
  if (!isUint(key)) return undefined;
  if (ok === true && isMapOf(third, isText)) return { type: "outcome", key, ok, result: third };
  if (ok === false && typeof third === "string") return { type: "outcome", key, ok, reason: third };
  return undefined;
}

/** More items than are known are a later version's. */
function list(item: Item): readonly (Item | undefined)[] {
  return all(item);
}

function all(item: Item): readonly Item[] {
  return Array.isArray(item) ? (item as readonly Item[]) : [];
}

function one<Message>(item: Item, make: (value: number) => Message): Message | undefined {
  const [value] = list(item);
  return isUint(value) ? make(value) : undefined;
}

function isUint(item: Item | undefined): item is number {
  return typeof item === "number" && item >= 0;
}

function isCount(item: Item | undefined): item is number {
  return isUint(item) && item <= 0xffff;
}

function isByte(item: Item | undefined): item is number {
  return isUint(item) && item <= 0xff;
}

function isSession(item: Item | undefined): item is number {
  return isUint(item) && item >= 1 && item <= 0xffff;
}

function isText(item: Item): item is string {
  return typeof item === "string";
}

function isMapOf<Key extends Item>(
  item: Item | undefined,
  isKey: (key: Item) => key is Key,
): item is ReadonlyMap<Key, LinkValue> {
  if (!(item instanceof Map)) return false;
  return [...(item as ReadonlyMap<Item, Item>)].every(([key, value]) => isKey(key) && isValue(value));
}

function isValue(item: Item): item is LinkValue {
  return item === null || item instanceof Float32 || typeof item !== "object";
}
