import type { Simulator } from "../../src/device/index.ts";
import { writeFrame } from "./transport.ts";
import { list, message, NOTHING, octets, signed, unsigned } from "./writer.ts";

const INTERVAL_MS = 1_000;
const SILENCE = Buffer.alloc(0);
/** 1 is electricity, then the maker and the number. */
const SERVER_ID = Buffer.from("090144554e0100000042", "hex");
/** As on a port that is opened while the meter sends. */
const CUT_BYTES = 60;

const OPEN = 0x101;
const GET_LIST = 0x701;
const CLOSE = 0x201;

const WH = 0x1e;
const W = 0x1b;
const V = 0x23;
const HZ = 0x2c;

/** A meter in a house with solar panels: what it gives to the grid is negative power. Its first frame is cut. It hears nothing. */
export class MeterSimulator implements Simulator {
  readonly #random: () => number;
  #seconds = 0;
  /** W, and Wh both ways. */
  #power = 350;
  #import = 4_711_000;
  #export = 815_000;
  #isStarted = false;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    this.#seconds++;
    this.#power = Math.min(4_000, Math.max(-3_000, this.#power + (this.#random() - 0.5) * 120));
    const energy = (this.#power * INTERVAL_MS) / 3_600_000;
    if (energy > 0) this.#import += energy;
    else this.#export -= energy;
    const frame = this.#frame();
    const cut = this.#isStarted ? 0 : CUT_BYTES;
    this.#isStarted = true;
    return { bytes: frame.subarray(cut), afterMs: INTERVAL_MS };
  }

  receive(): Uint8Array {
    return SILENCE;
  }

  #frame(): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(this.#seconds);
    const transaction = (step: number): Buffer => Buffer.concat([count, Buffer.of(step)]);
    return writeFrame(
      Buffer.concat([
        message(
          transaction(1),
          OPEN,
          list(NOTHING, NOTHING, octets(count), octets(SERVER_ID), NOTHING, NOTHING),
        ),
        message(transaction(2), GET_LIST, this.#values()),
        message(transaction(3), CLOSE, list(NOTHING)),
      ]),
    );
  }

  #values(): Buffer {
    const time = list(unsigned(1, 1), unsigned(this.#seconds, 4));
    return list(
      NOTHING,
      octets(SERVER_ID),
      octets(Buffer.from("0100620affff", "hex")),
      time,
      list(
        text("8181c78203ff", Buffer.from("DUN")),
        text("0100000009ff", SERVER_ID),
        entry("0100010800ff", WH, -1, signed(Math.round(this.#import * 10), 8), unsigned(0x182, 2)),
        entry("0100020800ff", WH, -1, signed(Math.round(this.#export * 10), 8)),
        entry("0100100700ff", W, -1, signed(Math.round(this.#power * 10), 4)),
        entry("0100200700ff", V, -1, unsigned(Math.round(2_300 + 40 * (this.#random() - 0.5)), 2)),
        entry("01000e0700ff", HZ, -2, unsigned(Math.round(5_000 + 4 * (this.#random() - 0.5)), 2)),
      ),
      NOTHING,
      NOTHING,
    );
  }
}

function entry(obis: string, unit: number, scaler: number, value: Buffer, status: Buffer = NOTHING): Buffer {
  return list(
    octets(Buffer.from(obis, "hex")),
    status,
    NOTHING,
    unsigned(unit, 1),
    signed(scaler, 1),
    value,
    NOTHING,
  );
}

function text(obis: string, value: Buffer): Buffer {
  return list(octets(Buffer.from(obis, "hex")), NOTHING, NOTHING, NOTHING, NOTHING, octets(value), NOTHING);
}
