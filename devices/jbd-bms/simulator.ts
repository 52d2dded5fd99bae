import { FrameScanner } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { JBD_FRAMES, REGISTERS, requestOf, writeAnswer } from "./protocol.ts";

const INTERVAL_MS = 1_000;
const CELLS = 8;
const NOMINAL_MAH = 100_000;
const MODEL = "JBD-SP08S-SIM";
/** 2024-05-17, as register 03 has it. */
const PRODUCTION_DATE = (24 << 9) | (5 << 5) | 17;

/**
 * A pack of eight LiFePO4 cells that the sun charges and a load discharges. A display polls it until the host does: so its
 * answers come unasked at first, the first one cut. It obeys the MOSFET register.
 */
export class JbdSimulator implements Simulator {
  readonly #random: () => number;
  readonly #requests = new FrameScanner(JBD_FRAMES);
  #isPolled = false;
  #started = false;
  #lockBits = 0;
  #chargeMah = 0.7 * NOMINAL_MAH;
  #currentMa = 4_000;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    this.#drift();
    const display = [REGISTERS.basicInfo, REGISTERS.cellVoltages, REGISTERS.model];
    const bytes = this.#isPolled
      ? Buffer.alloc(0)
      : Buffer.concat(display.map((register) => this.#read(register)));
    const cut = this.#started ? 0 : 9;
    this.#started = true;
    return { bytes: bytes.subarray(cut), afterMs: INTERVAL_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const requests = this.#requests.push(bytes).filter((item) => item.type === "frame");
    return Buffer.concat(requests.map((request) => this.#answer(request.bytes)));
  }

  #answer(frame: Buffer): Buffer {
    const request = requestOf(frame);
    if (!request) return Buffer.alloc(0);
    const { register, written } = request;
    if (!written) {
      this.#isPolled = true;
      return this.#read(register);
    }
    const isMosfets = register === REGISTERS.mosfets && written.length === 2;
    if (isMosfets) this.#lockBits = (written[1] ?? 0) & 3;
    return writeAnswer(register, Buffer.alloc(0), isMosfets);
  }

  #drift(): void {
    const wanted = this.#currentMa + (this.#random() - 0.5) * 800;
    const limited = Math.max(-15_000, Math.min(15_000, wanted));
    const isLocked = (this.#lockBits & (limited > 0 ? 1 : 2)) !== 0;
    this.#currentMa = isLocked ? 0 : limited;
    this.#chargeMah += (this.#currentMa * INTERVAL_MS) / 3_600_000;
    this.#chargeMah = Math.max(0, Math.min(NOMINAL_MAH, this.#chargeMah));
  }

  #cellMv(cell: number): number {
    return Math.round(3_200 + (100 * this.#chargeMah) / NOMINAL_MAH + this.#currentMa / 500 + (cell % 3));
  }

  #read(register: number): Buffer {
    if (register === REGISTERS.basicInfo) return writeAnswer(register, this.#basicInfo());
    if (register === REGISTERS.model) return writeAnswer(register, Buffer.from(MODEL, "latin1"));
    if (register !== REGISTERS.cellVoltages) return writeAnswer(register, Buffer.alloc(0), false);
    const data = Buffer.alloc(2 * CELLS);
    for (let cell = 0; cell < CELLS; cell++) data.writeUInt16BE(this.#cellMv(cell), 2 * cell);
    return writeAnswer(register, data);
  }

  #basicInfo(): Buffer {
    const data = Buffer.alloc(23 + 2 * 2);
    const cells = Array.from({ length: CELLS }, (_, cell) => this.#cellMv(cell));
    data.writeUInt16BE(Math.round(cells.reduce((sum, mv) => sum + mv, 0) / 10), 0);
    data.writeInt16BE(Math.round(this.#currentMa / 10), 2);
    data.writeUInt16BE(Math.round(this.#chargeMah / 10), 4);
    data.writeUInt16BE(NOMINAL_MAH / 10, 6);
    data.writeUInt16BE(12, 8);
    data.writeUInt16BE(PRODUCTION_DATE, 10);
    data.writeUInt8(0x23, 18);
    data.writeUInt8(Math.round((100 * this.#chargeMah) / NOMINAL_MAH), 19);
    data.writeUInt8(~this.#lockBits & 3, 20);
    data.writeUInt8(CELLS, 21);
    data.writeUInt8(2, 22);
    // 21.4 and 24.0 Cel.
    data.writeUInt16BE(2_945, 23);
    data.writeUInt16BE(2_971, 25);
    return data;
  }
}
