import { writeItem, type Float32, type Item } from "./cbor.ts";
import { FROM_DEVICE, FROM_HOST } from "./kinds.table.ts";

/** What is measured, an argument or a result, as it is on the line. */
export type LinkValue = number | Float32 | string | boolean | null;

/** What the host says. Numbers are whole, times in ms where the name says so. */
export type HostMessage =
  | {
      readonly type: "hello";
      readonly version: number;
      readonly session: number;
      readonly timeoutMs: number;
    }
  | { readonly type: "ping"; readonly session: number; readonly token: number; readonly timeoutMs: number }
  | { readonly type: "ask"; readonly item: number }
  | {
      readonly type: "call";
      readonly key: number;
      readonly command: number;
      readonly args: ReadonlyMap<number, LinkValue>;
    }
  | { readonly type: "cancel"; readonly key: number }
  | { readonly type: "ack"; readonly bits: number }
  | {
      readonly type: "time";
      readonly seconds: number;
      readonly milliseconds: number;
      readonly synced: boolean;
    };

export interface Welcome {
  readonly type: "welcome";
  readonly version: number;
  readonly session: number;
  /** The number of the device's oldest unacknowledged reliable frame, or of the next. */
  readonly first: number;
  readonly maxFrameBytes: number;
  /** Frames of the host's that may be unacknowledged. */
  readonly window: number;
  readonly items: number;
  readonly capabilities: number;
  readonly name: string;
  readonly firmware: string;
}

export interface Pong {
  readonly type: "pong";
  readonly session: number;
  readonly token: number;
  readonly badFrames: number;
  readonly retransmits: number;
  readonly dropped: number;
}

/** What the device says. */
export type DeviceMessage =
  | { readonly type: "ack"; readonly bits: number }
  | { readonly type: "boot"; readonly version: number }
  | Welcome
  /** The `welcome` of a device that speaks another version only. */
  | { readonly type: "stranger"; readonly version: number }
  | Pong
  | { readonly type: "item"; readonly item: number; readonly fields: readonly Item[] }
  | { readonly type: "reading"; readonly values: ReadonlyMap<number, LinkValue> }
  | {
      readonly type: "outcome";
      readonly key: number;
      readonly ok: true;
      readonly result: ReadonlyMap<string, LinkValue>;
    }
  | { readonly type: "outcome"; readonly key: number; readonly ok: false; readonly reason: string }
  | { readonly type: "log"; readonly text: string };

/** A message as it goes into a frame. */
export interface Content {
  readonly kind: number;
  readonly payload: Buffer;
}

export function writeHostMessage(message: HostMessage): Content {
  return { kind: FROM_HOST[message.type], payload: writeItem(hostItem(message)) };
}

function hostItem(message: HostMessage): Item {
  switch (message.type) {
    case "hello":
      return [message.version, message.session, message.timeoutMs];
    case "ping":
      return [message.session, message.token, message.timeoutMs];
    case "ask":
      return [message.item];
    case "call":
      return [message.key, message.command, message.args];
    case "cancel":
      return [message.key];
    case "ack":
      return [message.bits];
    case "time":
      return [message.seconds, message.milliseconds, message.synced];
  }
}

/** What a device of this version says. */
export type OwnMessage = Exclude<DeviceMessage, { readonly type: "stranger" }>;

export function writeDeviceMessage(message: OwnMessage): Content {
  return { kind: FROM_DEVICE[message.type], payload: writeItem(deviceItem(message)) };
}

function deviceItem(message: OwnMessage): Item {
  switch (message.type) {
    case "ack":
      return [message.bits];
    case "boot":
      return [message.version];
    case "welcome": {
      const { version, session, first, maxFrameBytes, window, items, capabilities, name, firmware } = message;
      return [version, session, first, maxFrameBytes, window, items, capabilities, name, firmware];
    }
    case "pong": {
      const { session, token, badFrames, retransmits, dropped } = message;
      return [session, token, badFrames, retransmits, dropped];
    }
    case "item":
      return [message.item, ...message.fields];
    case "reading":
      return message.values;
    case "outcome":
      return [message.key, message.ok, message.ok ? message.result : message.reason];
    case "log":
      return message.text;
  }
}
