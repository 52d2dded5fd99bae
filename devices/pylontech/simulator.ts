import { FrameScanner } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import {
  isOfBattery,
  PYLONTECH_FRAMES,
  QUERIES,
  readFrame,
  UNKNOWN_REQUEST,
  writeFrame,
} from "./protocol.ts";

/** Nothing comes of itself from a battery. */
const IDLE = { bytes: Buffer.alloc(0), afterMs: 60_000 };
const CELLS = 15;
const SENSORS = 5;
const FULL_MAH = 74_000;
/** User defined items: the capacities follow in 24 bits. */
const LONG_ITEMS = 4;
/** The data flag: nothing has changed. */
const FLAG = 0x10;
const CYCLES = 47;
const ZERO_CELSIUS_DK = 2731;
const SERIAL_NUMBER = "SIM3000000000001";

/** A US3000 that the sun charges and a house discharges. */
export class PylontechSimulator implements Simulator {
  readonly #address: number;
  readonly #random: () => number;
  readonly #requests = new FrameScanner(PYLONTECH_FRAMES);
  #chargeMah = 0.6 * FULL_MAH;
  #currentDa = 120;

  constructor(address: number, random: () => number) {
    this.#address = address;
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    return IDLE;
  }

  receive(bytes: Uint8Array): Uint8Array {
    const requests = this.#requests.push(bytes).filter((item) => item.type === "frame");
    return Buffer.concat(requests.map((request) => this.#answer(request.bytes)));
  }

  #answer(bytes: Buffer): Buffer {
    const frame = readFrame(bytes);
    if (!isOfBattery(frame) || frame.address !== this.#address) return Buffer.alloc(0);
    const info = this.#info(frame.code);
    return writeFrame(info ? 0 : UNKNOWN_REQUEST, this.#address, info ?? Buffer.alloc(0));
  }

  #info(code: number): Buffer | undefined {
    if (code === QUERIES.analog) return this.#analog();
    if (code === QUERIES.alarms) return this.#alarms();
    if (code === QUERIES.management) return this.#management();
    if (code !== QUERIES.serialNumber) return undefined;
    return Buffer.from(`\0${SERIAL_NUMBER}`, "latin1").fill(this.#address, 0, 1);
  }

  #analog(): Buffer {
    this.#currentDa = Math.max(
      -370,
      Math.min(370, this.#currentDa + Math.round((this.#random() - 0.5) * 60)),
    );
    this.#chargeMah = Math.max(0, Math.min(FULL_MAH, this.#chargeMah + this.#currentDa / 10));
    const cells = Array.from({ length: CELLS }, () =>
      Math.round(3_250 + (80 * this.#chargeMah) / FULL_MAH + this.#random() * 4),
    );
    const sensors = Array.from(
      { length: SENSORS },
      () => ZERO_CELSIUS_DK + Math.round(220 + this.#random() * 20),
    );
    const words = (values: readonly number[]): number[] =>
      values.flatMap((value) => [value >> 8, value & 0xff]);
    const packMv = cells.reduce((sum, mv) => sum + mv, 0);
    const mah = Math.round(this.#chargeMah);
    return Buffer.from([
      FLAG,
      this.#address,
      CELLS,
      ...words(cells),
      SENSORS,
      ...words(sensors),
      ...words([this.#currentDa, packMv, 0xffff]),
      LONG_ITEMS,
      ...words([0xffff, CYCLES]),
      ...[mah, FULL_MAH].flatMap((value) => [value >> 16, (value >> 8) & 0xff, value & 0xff]),
    ]);
  }

  #alarms(): Buffer {
    const flow = this.#currentDa > 1 ? 0x80 : this.#currentDa < -1 ? 0x40 : 0;
    const normal = (count: number): number[] => Array.from({ length: count }, () => 0);
    // Both MOSFETs are on, and the battery feeds itself.
    const status = [0, 0x0e, flow, 0, 0];
    return Buffer.from([
      FLAG,
      this.#address,
      CELLS,
      ...normal(CELLS),
      SENSORS,
      ...normal(SENSORS + 3),
      ...status,
    ]);
  }

  /** 53.2 and 45 V, 37 A each way; charging and discharging are allowed. */
  #management(): Buffer {
    const info = Buffer.alloc(10);
    info.writeUInt8(this.#address, 0);
    info.writeUInt16BE(53_250, 1);
    info.writeUInt16BE(45_000, 3);
    info.writeInt16BE(370, 5);
    info.writeInt16BE(-370, 7);
    info.writeUInt8(0xc0, 9);
    return info;
  }
}
