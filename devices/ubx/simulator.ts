import {
  FrameScanner,
  UBX,
  ubxFrames,
  ubxMessage,
  ubxPayload,
  writeSentence,
  writeUbx,
} from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { MESSAGES } from "./messages.table.ts";
import { MESSAGE } from "./protocol.ts";
import * as simulated from "./simulated-messages.ts";
import type { Epoch } from "./simulated-messages.ts";

/** The receiver's clock at its start. A simulator has no clock of its own to tell the true time by. */
const START_MS = Date.UTC(2026, 0, 1, 12);
/** After a restart there is no fix for this many cycles. */
const CYCLES_WITHOUT_FIX = 3;
/** All that is sent to it is short. */
const MAX_ORDER_BYTES = 256;
const KEY_BYTES = 4;
const [KEY_MEAS_RATE, KEY_NAV_RATE] = [0x30210001, 0x30210002];
/** Ports of one message: five keys that follow each other. */
const KEYS_OF_MESSAGE = 5;

/** What this receiver sends, and what sends it. */
const WRITERS: Readonly<Record<string, (epoch: Epoch) => Buffer>> = {
  "NAV-PVT": simulated.pvt,
  "NAV-POSLLH": simulated.posllh,
  "NAV-STATUS": simulated.status,
  "NAV-DOP": simulated.dop,
  "NAV-VELNED": simulated.velned,
  "NAV-TIMEUTC": simulated.timeUtc,
  "NAV-SAT": simulated.sat,
};

/**
 * A receiver with its antenna on a roof. Once a second, or as `rate` says, it sends NAV-PVT and NAV-SAT, and NMEA's ZDA
 * in between, as receivers that are not told otherwise do; the first message is cut, as on a port that is opened while
 * the device is talking. It takes both ways of setting receivers, as u-blox 9 does.
 */
export class UbxSimulator implements Simulator {
  readonly #random: () => number;
  readonly #protocol: string;
  readonly #orders = new FrameScanner(ubxFrames(MAX_ORDER_BYTES));
  /** Every how many fixes a message is sent. */
  readonly #every = new Map<string, number>([
    ["NAV-PVT", 1],
    ["NAV-SAT", 1],
  ]);
  #intervalMs = 1_000;
  #timeMs = START_MS;
  #uptimeMs = 0;
  #fixes = 0;
  #noFixFor = 0;

  constructor(random: () => number, protocol = "27.31") {
    this.#random = random;
    this.#protocol = protocol;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const cycle = Buffer.concat(this.#cycle());
    const bytes = this.#fixes === 0 ? cycle.subarray(30) : cycle;
    this.#timeMs += this.#intervalMs;
    this.#uptimeMs += this.#intervalMs;
    this.#fixes++;
    this.#noFixFor = Math.max(0, this.#noFixFor - 1);
    return { bytes, afterMs: this.#intervalMs };
  }

  receive(bytes: Uint8Array): Uint8Array {
    return Buffer.concat(
      this.#orders.push(bytes).flatMap((item) => (item.type === "frame" ? [this.#order(item.bytes)] : [])),
    );
  }

  #order(frame: Buffer): Buffer {
    const message = ubxMessage(frame);
    const payload = ubxPayload(frame);
    if (message === MESSAGE.monVer) return simulated.monVer(this.#protocol);
    if (message === UBX.cfgRst) {
      // Not acknowledged: the receiver is restarting. UBX-CFG-RST.
      this.#noFixFor = CYCLES_WITHOUT_FIX;
      this.#uptimeMs = 0;
      return Buffer.alloc(0);
    }
    return writeUbx(this.#obeys(message, payload) ? UBX.ack : UBX.nak, frame.subarray(2, 4));
  }

  #obeys(message: number, payload: Buffer): boolean {
    if (message === UBX.cfgRate && payload.length >= 6) return this.#setRate(payload.readUInt16LE(0));
    if (message === MESSAGE.cfgMsg && payload.length === 3)
      return this.#setOutput(([, { id }]) => id === payload.readUInt16BE(0), payload[2] ?? 0);
    return message === MESSAGE.cfgValset && this.#setByKeys(payload);
  }

  #setByKeys(payload: Buffer): boolean {
    let isObeyed = payload.length > 4;
    for (let at = 4; isObeyed && at + KEY_BYTES < payload.length;) {
      const key = payload.readUInt32LE(at);
      // The size of a value is in its key: 1 a bit, 2 a byte, 3 two bytes. "Configuration keys".
      const size = key >>> 28 === 3 ? 2 : 1;
      if (at + KEY_BYTES + size > payload.length) return false;
      isObeyed = this.#set(key, payload.readUIntLE(at + KEY_BYTES, size));
      at += KEY_BYTES + size;
    }
    return isObeyed;
  }

  #set(key: number, value: number): boolean {
    if (key === KEY_MEAS_RATE) return this.#setRate(value);
    if (key === KEY_NAV_RATE) return value === 1;
    return this.#setOutput(
      ([, { outputKey }]) => outputKey !== undefined && key >= outputKey && key < outputKey + KEYS_OF_MESSAGE,
      value,
    );
  }

  #setRate(intervalMs: number): boolean {
    if (intervalMs < 25 || intervalMs > 10_000) return false;
    this.#intervalMs = intervalMs;
    return true;
  }

  #setOutput(isMeant: (entry: [string, (typeof MESSAGES)[string]]) => boolean, every: number): boolean {
    const [name] = Object.entries(MESSAGES).find(isMeant) ?? [];
    if (name === undefined || !(name in WRITERS)) return false;
    this.#every.set(name, every);
    return true;
  }

  #cycle(): Buffer[] {
    const epoch: Epoch = {
      timeMs: this.#timeMs,
      uptimeMs: this.#uptimeMs,
      hasFix: this.#noFixFor === 0,
      random: this.#random,
    };
    const due = [...this.#every].filter(([, every]) => every > 0 && this.#fixes % every === 0);
    const messages = due.flatMap(([name]) => WRITERS[name]?.(epoch) ?? []);
    const time = new Date(this.#timeMs).toISOString();
    const clock = time.slice(11, 22).replaceAll(":", "");
    const zda = writeSentence(
      `GNZDA,${clock},${time.slice(8, 10)},${time.slice(5, 7)},${time.slice(0, 4)},00,00`,
    );
    return [...messages.slice(0, 1), zda, ...messages.slice(1)];
  }
}
