import { MarkedLineSplitter } from "../../src/codec/index.ts";
import type { DriverEvent } from "../../src/device/index.ts";
import type { Values } from "../../src/message/index.ts";
import { MAX_IDENTIFICATION_BYTES, sevenBits, SLASH } from "./characters.ts";
import { readIdentification, writeAcknowledgement, type Identification } from "./protocol.ts";

export interface ConversationSettings {
  /** `/?!`, without its line end. */
  readonly signOn: string;
  readonly wakeUpBytes: number;
  /** Baud rate to agree to, as the acknowledgement says it; undefined agrees to what the meter proposes. */
  readonly baudCharacter: string | undefined;
  /** 0 asks only when it is told to. */
  readonly pollSeconds: number;
}

const NUL = 0x00;
/** A meter that sends of itself has been heard by then, ms. */
const LISTEN_MS = 10_000;
/** The meter answers within 1.5 s, and its identification takes a second at 300 baud. IEC 62056-21, 6.4.3. */
const IDENTIFY_MS = 5_000;
/** One character at 300 baud with start, parity and stop bit, ms. */
const CHARACTER_MS = 34;
/** After the identification a host waits 0.2 s at least and 1.5 s at most. IEC 62056-21, 6.4.3. */
const REACTION_MS = 300;
/** Between characters there are 1.5 s at most. IEC 62056-21, 6.4.3. */
const STALLED_MS = 4_000;

/**
 * Asking a meter for its read-out, in mode C at one baud rate, and in mode A. A meter that sends of itself is not asked as
 * long as it does.
 *
 *   idle ──due or told──► signing ──identification──► identified ──0.3 s──► reading ──read-out──► idle
 *                            └─5 s──► idle (no answer)    (acknowledged, unless    └──4 s without a byte──► idle
 *                                                          data has come by then)
 */
export class Conversation {
  readonly #settings: ConversationSettings;
  #state: "idle" | "signing" | "identified" | "reading" = "idle";
  #calls: string[] = [];
  /** A read-out has come that was not asked for. */
  #isSelfSending = false;
  #lines = new MarkedLineSplitter([SLASH], MAX_IDENTIFICATION_BYTES);
  #identification: Identification | undefined;
  /** Something came after the identification. */
  #hasData = false;
  /** Something came since it was last looked at. */
  #isAlive = false;

  constructor(settings: ConversationSettings) {
    this.#settings = settings;
  }

  /** A read-out was under way, and nothing has come of it for a while. */
  get isStalled(): boolean {
    return this.#state === "reading" && !this.#isAlive;
  }

  start(): DriverEvent[] {
    return this.#settings.pollSeconds > 0 ? [{ type: "wake", afterMs: LISTEN_MS }] : [];
  }

  read(call: string): DriverEvent[] {
    this.#calls.push(call);
    return this.#state === "idle" ? this.#signOn() : [];
  }

  /** The meter goes on sending; what ends is the waiting for it. */
  cancel(call: string): void {
    this.#calls = this.#calls.filter((one) => one !== call);
  }

  /** Bytes from the meter, before the read-outs that they complete. */
  bytes(chunk: Uint8Array): DriverEvent[] {
    if (this.#state === "idle") return [];
    if (chunk.some((byte) => byte !== NUL)) this.#isAlive = true;
    if (this.#state === "reading") return [];
    const wasIdentified = this.#state === "identified";
    for (const item of this.#lines.push(chunk.map(sevenBits))) {
      if (this.#state === "identified") this.#hasData = true;
      else if (item.type === "line") this.#identify(item.bytes.toString("latin1"));
    }
    return this.#state === "identified" && !wasIdentified ? [{ type: "wake", afterMs: REACTION_MS }] : [];
  }

  /** The time that was asked for has come. */
  time(): DriverEvent[] {
    switch (this.#state) {
      case "idle":
        return this.#due();
      case "signing":
        return this.#end("no identification came: is the head in its place, and the baud rate right?");
      case "identified":
        return this.#acknowledge();
      case "reading":
        if (!this.#isAlive) return this.#end("the read-out did not come whole and sound");
        this.#isAlive = false;
        return [{ type: "wake", afterMs: STALLED_MS }];
    }
  }

  /** A read-out has come. */
  done(values: Values): DriverEvent[] {
    if (this.#state === "idle") {
      this.#isSelfSending = true;
      return [];
    }
    const calls = this.#calls;
    this.#calls = [];
    this.#state = "idle";
    return [
      ...calls.map((call): DriverEvent => ({ type: "outcome", call, outcome: { ok: true, result: values } })),
      ...this.#next(),
    ];
  }

  #due(): DriverEvent[] {
    if (this.#settings.pollSeconds === 0) return [];
    if (!this.#isSelfSending) return this.#signOn();
    this.#isSelfSending = false;
    return this.#next();
  }

  #signOn(): DriverEvent[] {
    const { signOn, wakeUpBytes } = this.#settings;
    this.#state = "signing";
    this.#identification = undefined;
    this.#hasData = this.#isAlive = false;
    this.#lines = new MarkedLineSplitter([SLASH], MAX_IDENTIFICATION_BYTES);
    const bytes = Buffer.concat([Buffer.alloc(wakeUpBytes), Buffer.from(`${signOn}\r\n`, "latin1")]);
    return [
      { type: "write", bytes },
      { type: "wake", afterMs: IDENTIFY_MS + bytes.length * CHARACTER_MS },
    ];
  }

  #identify(line: string): void {
    this.#identification = readIdentification(line);
    if (this.#identification) this.#state = "identified";
  }

  /** In modes A and B the meter goes on by itself; in mode C it waits. */
  #acknowledge(): DriverEvent[] {
    this.#state = "reading";
    this.#isAlive = false;
    const wait: DriverEvent = { type: "wake", afterMs: STALLED_MS };
    const proposed = this.#identification?.baudCharacter ?? "";
    if (this.#hasData || this.#lines.pending > 0) return [wait];
    if (/[A-I]/.test(proposed))
      return [{ type: "log", text: `the meter changes to baud rate ${proposed} by itself (mode B)` }, wait];
    if (!/\d/.test(proposed)) return [wait];
    return [{ type: "write", bytes: writeAcknowledgement(this.#settings.baudCharacter ?? proposed) }, wait];
  }

  #end(reason: string): DriverEvent[] {
    const calls = this.#calls;
    this.#calls = [];
    this.#state = "idle";
    return [
      ...calls.map((call): DriverEvent => ({ type: "outcome", call, outcome: { ok: false, reason } })),
      ...this.#next(),
    ];
  }

  #next(): DriverEvent[] {
    const { pollSeconds } = this.#settings;
    return pollSeconds > 0 ? [{ type: "wake", afterMs: pollSeconds * 1_000 }] : [];
  }
}
