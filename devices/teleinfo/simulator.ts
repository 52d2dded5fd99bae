import type { Simulator } from "../../src/device/index.ts";
import { writeFrame, type Mode } from "./protocol.ts";

/** A frame and the pause after it: at 1200 baud a frame of this length takes 1.4 s. */
const INTERVAL_MS: Readonly<Record<Mode, number>> = { historic: 2_000, standard: 1_500 };

/** What the meter's clock shows at its start, local time. A simulator has no clock of its own to tell the true time by. */
const START_MS = Date.UTC(2026, 0, 1, 12);
const VOLTS = 231;

/**
 * The meter of a house with one phase: in historic mode with peak and off-peak hours, in standard mode with panels on the
 * roof as well. Its first frame is cut, as on a line that is opened while the meter is sending. It hears nothing.
 */
export class TeleinfoSimulator implements Simulator {
  readonly #mode: Mode;
  readonly #random: () => number;
  #timeMs = START_MS;
  #started = false;
  /** Drawn from the grid, VA; negative when more comes from the roof. */
  #power = 600;
  /** Since the meter was put up, Wh. */
  #drawn = 12_345_678;
  #injected = 1_234_567;
  /** Of today, VA. */
  #max = 600;
  #maxMs = START_MS;

  constructor(mode: Mode | "auto", random: () => number) {
    this.#mode = mode === "auto" ? "historic" : mode;
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const afterMs = INTERVAL_MS[this.#mode];
    this.#live(afterMs);
    const groups = this.#mode === "historic" ? this.#historic() : this.#standard();
    const frame = writeFrame(this.#mode, groups);
    const bytes = this.#started ? frame : frame.subarray(30);
    this.#started = true;
    return { bytes, afterMs };
  }

  receive(): Uint8Array {
    return Buffer.alloc(0);
  }

  #live(forMs: number): void {
    const kettle = this.#random() < 0.02 ? 2_000 : 0;
    const least = this.#mode === "standard" ? -2_000 : 150;
    this.#power = Math.max(least, this.#power * 0.97 + (this.#random() - 0.48) * 60 + kettle);
    this.#timeMs += forMs;
    const energy = (Math.abs(this.#power) * forMs) / 3_600_000;
    if (this.#power > 0) this.#drawn += energy;
    else this.#injected += energy;
    if (this.#power < this.#max) return;
    this.#max = this.#power;
    this.#maxMs = this.#timeMs;
  }

  #historic(): string[][] {
    const amps = Math.round(this.#power / VOLTS);
    const overload: string[][] = amps > 30 ? [["ADPS", digits(amps, 3)]] : [];
    return [
      ["ADCO", "021728123456"],
      ["OPTARIF", "HC.."],
      ["ISOUSC", "30"],
      ["HCHC", digits(7_654_321, 9)],
      ["HCHP", digits(this.#drawn, 9)],
      ["PTEC", "HP.."],
      ["IINST", digits(amps, 3)],
      ...overload,
      ["IMAX", "042"],
      ["PAPP", digits(this.#power / 10, 4) + "0"],
      ["HHPHC", "A"],
      ["MOTDETAT", "000000"],
    ];
  }

  #standard(): string[][] {
    const drawn = Math.max(0, this.#power);
    const injected = Math.max(0, -this.#power);
    const midnight = timestamp(START_MS - (START_MS % 86_400_000));
    return [
      ["ADSC", "021728123456"],
      ["VTIC", "02"],
      ["DATE", timestamp(this.#timeMs), ""],
      ["NGTF", "H PLEINE-CREUSE "],
      ["LTARF", "  HEURE  PLEINE "],
      ["EAST", digits(this.#drawn + 7_654_321, 9)],
      ["EASF01", digits(7_654_321, 9)],
      ["EASF02", digits(this.#drawn, 9)],
      ["EASD01", digits(7_654_321, 9)],
      ["EASD02", digits(this.#drawn, 9)],
      ["EAIT", digits(this.#injected, 9)],
      ["ERQ1", digits(12_345, 9)],
      ["IRMS1", digits(Math.abs(this.#power) / VOLTS, 3)],
      ["URMS1", digits(VOLTS + this.#random() * 3, 3)],
      ["PREF", "06"],
      ["PCOUP", "06"],
      ["SINSTS", digits(drawn, 5)],
      ["SMAXSN", timestamp(this.#maxMs), digits(this.#max, 5)],
      ["SMAXSN-1", timestamp(START_MS - 60_000_000), "04210"],
      ["SINSTI", digits(injected, 5)],
      ["CCASN", timestamp(START_MS), "00612"],
      ["CCASN-1", timestamp(START_MS - 1_800_000), "00587"],
      ["UMOY1", timestamp(START_MS), "231"],
      ["STGE", injected > 0 ? "003A0301" : "003A0101"],
      ["DPM1", midnight, "00"],
      ["MSG1", "PAS DE          MESSAGE         "],
      ["PRM", "01234567890123"],
      ["RELAIS", "000"],
      ["NTARF", "02"],
      ["NJOURF", "00"],
      ["NJOURF+1", "00"],
      ["PJOURF+1", `00008001 ${Array.from({ length: 10 }, () => "NONUTILE").join(" ")}`],
    ];
  }
}

function digits(value: number, width: number): string {
  return String(Math.floor(value)).padStart(width, "0");
}

/** In winter. */
function timestamp(timeMs: number): string {
  return `H${new Date(timeMs).toISOString().slice(2, 19).replaceAll(/[-T:]/g, "")}`;
}
