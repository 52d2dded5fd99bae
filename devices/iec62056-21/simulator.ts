import { LineSplitter } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { writeAcknowledgement, writeReadout } from "./protocol.ts";

const INTERVAL_MS = 5_000;
/** The first telegram lacks its beginning, as on a port that is opened while the meter is sending. */
const CUT_BYTES = 40;
const IDENTIFICATION = "DUN5\\2SIM-3";
const SERIAL_NUMBER = "00012345";
const SIGN_ONS: ReadonlySet<string> = new Set(["/?!", `/?${SERIAL_NUMBER}!`]);
const ACKNOWLEDGEMENTS: ReadonlySet<string> = new Set(
  "0123456".split("").map((baud) => writeAcknowledgement(baud).toString("latin1").trimEnd()),
);
const MAX_LINE_BYTES = 64;

/**
 * An electricity meter in a house. It sends of itself every five seconds, bare, as in mode D, and answers a sign-on and its
 * acknowledgement with a framed read-out, as in mode C. Its read-outs take no time, whatever the baud rate.
 */
export class MeterSimulator implements Simulator {
  readonly #random: () => number;
  readonly #lines = new LineSplitter(MAX_LINE_BYTES);
  #started = false;
  #isIdentified = false;
  /** Wh, so that counting brings in no noise of binary fractions. */
  #energyWh = 12_345_678;
  #powerW = 350;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const kettle = this.#random() < 0.05 ? 2_000 : 0;
    this.#powerW = Math.round(Math.max(120, this.#powerW * 0.8 + this.#random() * 120 + kettle));
    this.#energyWh += Math.ceil((this.#powerW * INTERVAL_MS) / 3_600_000);
    const bytes = writeReadout(IDENTIFICATION, this.#data(), "bare");
    const cut = this.#started ? 0 : CUT_BYTES;
    this.#started = true;
    return { bytes: bytes.subarray(cut), afterMs: INTERVAL_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const lines = this.#lines.push(bytes).filter((item) => item.type === "line");
    return Buffer.concat(lines.map((line) => this.#answer(line.bytes.toString("latin1"))));
  }

  #answer(line: string): Buffer {
    // Zeros that wake a meter are no part of the sign-on.
    const asked = line.replaceAll("\0", "");
    const isAcknowledgement = this.#isIdentified && ACKNOWLEDGEMENTS.has(asked);
    this.#isIdentified = SIGN_ONS.has(asked);
    if (this.#isIdentified) return Buffer.from(`/${IDENTIFICATION}\r\n`, "latin1");
    if (!isAcknowledgement) return Buffer.alloc(0);
    const stored = `1.8.0*01(${thousandths(12_001_000)}*kWh)`;
    return writeReadout(IDENTIFICATION, [...this.#data(), stored], "framed").subarray(
      IDENTIFICATION.length + 3,
    );
  }

  #data(): string[] {
    return [
      "F.F(00)",
      `0.0.0(${SERIAL_NUMBER})`,
      `1.8.0(${thousandths(this.#energyWh)}*kWh)`,
      "2.8.0(000000.000*kWh)",
      `1.7.0(${thousandths(this.#powerW)}*kW)`,
      `32.7.0(${(229 + this.#random() * 3).toFixed(1)}*V)`,
    ];
  }
}

/** Six digits, three places. */
function thousandths(value: number): string {
  const digits = String(value).padStart(9, "0");
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`;
}
