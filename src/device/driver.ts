import type { TObject, TSchema } from "typebox";
import { Clock, type ClockQuality, type ErrorCode } from "../base/index.ts";
import type { LineSettings } from "../serial/index.ts";
import type { CommandDescriptions, Metrics, Values } from "../message/index.ts";

/**
 * The driver contract. A driver is pure: bytes and time go in, events come out; it opens nothing, waits for nothing
 * and keeps its state in its session. So every driver can be tested by calling it, and replayed from a recording.
 *
 *   bytes ──push()──►┌─────────┐──► reading │ discard │ write │ outcome │ …
 *   command ─run()──►│ session │
 *   time ────wake()─►└─────────┘
 */
export interface Driver<Settings = never> {
  /** The word in a configuration: `driver: nmea0183`. Also the folder's name in `devices/`. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** JSON Schema of the driver's own settings; each property has a description and, if optional, a default. */
  readonly settings: TObject<Record<string, TSchema>>;
  /** How the device's line is set when the configuration does not say. */
  readonly line: LineSettings;
  /**
   * Several devices of such drivers may be on one port and take turns: they speak by `exchange` only, and get bytes only
   * while they have the turn. Default false: the port is one device's.
   */
  readonly isShared?: boolean;
  /** What a device with these settings measures and can do. */
  describe(settings: Settings): DriverDescription;
  /** @param clock for what the device is to be told of the time, and how long it takes; default: the host's */
  open(settings: Settings, clock?: SessionClock): Session;
  /** @param random uniform in [0, 1); seeded in tests so that a simulation can be repeated */
  simulate(settings: Settings, random: () => number): Simulator;
}

/** The host's time, for drivers that need more of it than `wake`. */
export interface SessionClock {
  /** On a clock that only goes forward, ms. */
  nowMs(): number;
  /** µs since 1970, as readings are stamped. */
  nowUs(): number;
  /** Whether that is known to be right. */
  readonly quality: ClockQuality;
}

/** The host's own time, of which nobody knows whether it is right. */
export const HOST_CLOCK: SessionClock = new Clock();

/** A driver whose settings are already checked against its schema, as everything but the driver itself sees it. */
export type AnyDriver = Driver<never>;

export type { LineSettings };

export const LINE_8N1 = { dataBits: 8, parity: "none", stopBits: 1, flowControl: "none" } as const;

export interface DriverDescription {
  readonly metrics: Metrics;
  readonly commands: CommandDescriptions;
  /**
   * The device says itself what it can do. Commands for it wait until it has, by a `describe` that `replaces`. Default false.
   */
  readonly isPending?: boolean;
  /** Without a byte for longer than this the device is `silent`, ms. */
  readonly silenceMs: number;
}

/** Made anew each time the line opens. */
export interface Session {
  /** The line has just opened: what the driver wants to write or wait for first. */
  start?(): readonly DriverEvent[];
  /** Bytes from the device, in any chunking; the chunk is only valid during the call. */
  push(chunk: Uint8Array): readonly DriverEvent[];
  /** A command whose name and arguments have been checked against the description. Absent if there are none. */
  run?(call: Call): readonly DriverEvent[];
  /** Stop a call that is under way; there for commands that are `cancellable`. Needs no outcome. */
  cancel?(call: string): readonly DriverEvent[];
  /** The time that a `wake` event asked for has come. */
  wake?(): readonly DriverEvent[];
  /** The turn that an `exchange` asked for has ended by its limit: no answer, or none that was one. */
  expired?(): readonly DriverEvent[];
}

/** One run of a command. `id` ties the outcome to it; a session may answer at once or when the device has. */
export interface Call {
  readonly id: string;
  readonly name: string;
  readonly args: Values;
}

export type DriverEvent =
  | { readonly type: "reading"; readonly values: Values }
  /** Bytes that belong to no valid frame: counted, never thrown. */
  | { readonly type: "discard"; readonly bytes: number; readonly reason: DiscardReason }
  | { readonly type: "write"; readonly bytes: Uint8Array }
  /**
   * Ask for the shared line; when it is this device's turn the bytes are written, and what comes is pushed until `release` or
   * until `limitMs` after the writing. Then the line is silent for `gapMs`. One at a time. `urgent`: a command, before others' polls.
   */
  | {
      readonly type: "exchange";
      readonly bytes: Uint8Array;
      readonly limitMs: number;
      readonly gapMs: number;
      readonly urgent?: boolean;
    }
  /** The answer is complete: the next one's turn. */
  | { readonly type: "release" }
  | { readonly type: "outcome"; readonly call: string; readonly outcome: Outcome }
  /**
   * The device told of metrics or commands that the description did not have; replaces those of the same name, or, with
   * `replaces`, the whole description: what is not in it the device has no more.
   */
  | {
      readonly type: "describe";
      readonly metrics?: Metrics;
      readonly commands?: CommandDescriptions;
      readonly replaces?: boolean;
    }
  /** What came was right, though no reading is in it: this is no gibberish. */
  | { readonly type: "sense" }
  /** Call `wake` after this many ms; a later one replaces it. */
  | { readonly type: "wake"; readonly afterMs: number }
  /** A line that the device meant for people. */
  | { readonly type: "log"; readonly text: string };

export type Outcome =
  | { readonly ok: true; readonly result?: Values }
  /** @property code default `driver-failed` */
  | { readonly ok: false; readonly reason: string; readonly code?: ErrorCode };

/** Why bytes were thrown away. A closed set, so that it can be counted by reason. */
export const DISCARD_REASONS = [
  "noise",
  "checksum",
  "truncated",
  "too-long",
  "unparsable",
  "unsupported",
] as const;
/**
 * `noise`: outside any frame; `checksum`: a frame that fails its own check; `truncated`: a frame cut off by the next;
 * `too-long`: no end within the byte cap; `unparsable`: a frame with impossible fields; `unsupported`: valid, but of a
 * kind that this driver gives no reading for.
 */
export type DiscardReason = (typeof DISCARD_REASONS)[number];

/** The other end of the wire, for `sim://<driver>`: as pure as the session. */
export interface Simulator {
  /** The next bytes that the device sends of itself, and how long until the step after. */
  step(): { readonly bytes: Uint8Array; readonly afterMs: number };
  /** Bytes written to the device; returns what it answers at once. A change of pace shows in the next `step`. */
  receive(bytes: Uint8Array): Uint8Array;
}
