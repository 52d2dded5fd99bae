import { FrameScanner } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { COMMANDS, DALY_FRAMES, requestOf, writeAnswer } from "./protocol.ts";

const INTERVAL_MS = 1_000;
const CELLS = 7;
const CELLS_PER_FRAME = 3;
const NOMINAL_MAH = 60_000;
/** 21 and 24 Cel. */
const TEMPERATURES = [61, 64] as const;
/** Real ones leave in bytes that they do not use what was there before. */
const STALE = 0x3c;
const DISPLAY: readonly number[] = [
  COMMANDS.status,
  COMMANDS.pack,
  COMMANDS.cellExtremes,
  COMMANDS.temperatureExtremes,
  COMMANDS.mosfets,
  COMMANDS.cellVoltages,
  COMMANDS.temperatures,
  COMMANDS.balance,
  COMMANDS.faults,
];

/**
 * A pack of seven cells on an electric bicycle that is ridden and charged. A display polls it until the host does: so its
 * answers come unasked at first, the first one cut. It obeys the MOSFET commands.
 */
export class DalySimulator implements Simulator {
  readonly #random: () => number;
  readonly #requests = new FrameScanner(DALY_FRAMES);
  readonly #mosfets = { charge: 1, discharge: 1 };
  #isPolled = false;
  #started = false;
  #life = 0;
  #chargeMah = 0.6 * NOMINAL_MAH;
  /** Into the pack positive. */
  #currentDa = 20;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    this.#drift();
    const bytes = this.#isPolled
      ? Buffer.alloc(0)
      : Buffer.concat(DISPLAY.map((command) => this.#answer(command)));
    const cut = this.#started ? 0 : 5;
    this.#started = true;
    return { bytes: bytes.subarray(cut), afterMs: INTERVAL_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const frames = this.#requests.push(bytes).filter((item) => item.type === "frame");
    return Buffer.concat(
      frames.map((frame) => {
        const request = requestOf(frame.bytes);
        if (!request) return Buffer.alloc(0);
        this.#isPolled = true;
        return this.#answer(request.command, request.data[0]);
      }),
    );
  }

  #drift(): void {
    const wanted = Math.round(this.#currentDa + (this.#random() - 0.5) * 10);
    const limited = Math.max(-200, Math.min(200, wanted));
    const { charge, discharge } = this.#mosfets;
    this.#currentDa = (limited > 0 ? charge : discharge) === 1 ? limited : 0;
    this.#chargeMah += (this.#currentDa * 100 * INTERVAL_MS) / 3_600_000;
    this.#chargeMah = Math.max(0, Math.min(NOMINAL_MAH, this.#chargeMah));
    this.#life = (this.#life + 1) % 256;
  }

  #cellMv(cell: number): number {
    return Math.round(3_400 + (600 * this.#chargeMah) / NOMINAL_MAH + this.#currentDa / 4 + (cell % 4));
  }

  #cells(): number[] {
    return Array.from({ length: CELLS }, (_, cell) => this.#cellMv(cell));
  }

  #answer(command: number, value = 0): Buffer {
    if (command === COMMANDS.cellVoltages) return this.#cellFrames();
    return writeAnswer(command, this.#data(command, value));
  }

  #cellFrames(): Buffer {
    const frames: Buffer[] = [];
    for (let first = 0; first < CELLS; first += CELLS_PER_FRAME) {
      const data = Buffer.of(first / CELLS_PER_FRAME + 1, 0, 0, 0, 0, 0, 0, STALE);
      for (const [index, mv] of this.#cells()
        .slice(first, first + CELLS_PER_FRAME)
        .entries())
        data.writeUInt16BE(mv, 1 + 2 * index);
      frames.push(writeAnswer(COMMANDS.cellVoltages, data));
    }
    return Buffer.concat(frames);
  }

  #data(command: number, value: number): Buffer {
    const data = Buffer.of(0, 0, 0, 0, 0, 0, 0, STALE);
    const cells = this.#cells();
    const highest = Math.max(...cells);
    const lowest = Math.min(...cells);
    const { charge, discharge } = this.#mosfets;
    switch (command) {
      case COMMANDS.pack:
        data.writeUInt16BE(Math.round(cells.reduce((sum, mv) => sum + mv, 0) / 100), 0);
        data.writeUInt16BE(30_000 + this.#currentDa, 4);
        data.writeUInt16BE(Math.round((1_000 * this.#chargeMah) / NOMINAL_MAH), 6);
        break;
      case COMMANDS.cellExtremes:
        data.writeUInt16BE(highest, 0);
        data.writeUInt8(cells.indexOf(highest) + 1, 2);
        data.writeUInt16BE(lowest, 3);
        data.writeUInt8(cells.indexOf(lowest) + 1, 5);
        break;
      case COMMANDS.temperatureExtremes:
        data.set([TEMPERATURES[1], 2, TEMPERATURES[0], 1]);
        break;
      case COMMANDS.mosfets:
        data.set([Math.sign(this.#currentDa) === -1 ? 2 : Math.sign(this.#currentDa), charge, discharge]);
        data.writeUInt8(this.#life, 3);
        data.writeUInt32BE(Math.round(this.#chargeMah), 4);
        break;
      case COMMANDS.status:
        data.set([CELLS, TEMPERATURES.length, this.#currentDa > 0 ? 1 : 0, this.#currentDa < 0 ? 1 : 0]);
        data.writeUInt16BE(31, 5);
        break;
      case COMMANDS.temperatures:
        data.set([1, ...TEMPERATURES]);
        break;
      case COMMANDS.setCharge:
        data[0] = this.#mosfets.charge = value & 1;
        break;
      case COMMANDS.setDischarge:
        data[0] = this.#mosfets.discharge = value & 1;
        break;
    }
    return data;
  }
}
