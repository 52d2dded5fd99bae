import { LineSplitter } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { queriesOf, type PolledQuery, type ScpiSettings } from "./settings.ts";

/** Nothing comes of itself from an instrument. */
const IDLE = { bytes: Buffer.alloc(0), afterMs: 60_000 };
const IDENTITY = "Dunlin,SIM34401,0,1.0";
const NO_ERROR = '+0,"No error"';
const UNDEFINED_HEADER = '-113,"Undefined header"';
/** More are lost, and the last one says so. SCPI-99 volume 2, 21.8. */
const MAX_ERRORS = 20;
const QUEUE_OVERFLOW = '-350,"Queue overflow"';
/** What it takes, and does nothing about. */
const COMMANDS = /^(\*CLS|\*RST|:?(CONF|SENS|OUTP|VOLT|CURR|SYST|TRIG|DISP)\w*[: ]?)/i;
const MAX_LINE_BYTES = 4_096;

/** A multimeter that answers the queries of the settings, with numbers that wander about one, and has an error queue. */
export class ScpiSimulator implements Simulator {
  readonly #settings: ScpiSettings;
  readonly #random: () => number;
  readonly #lines = new LineSplitter(MAX_LINE_BYTES);
  #errors: string[] = [];
  #value = 1;

  constructor(settings: ScpiSettings, random: () => number) {
    this.#settings = settings;
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    return IDLE;
  }

  receive(bytes: Uint8Array): Uint8Array {
    const answers = this.#lines
      .push(bytes)
      .flatMap((item) => (item.type === "line" ? this.#answer(item.bytes.toString("latin1").trim()) : []));
    return Buffer.from(answers.map((answer) => `${answer}\n`).join(""), "latin1");
  }

  #answer(line: string): string[] {
    if (line === "*IDN?") return [IDENTITY];
    if (line === this.#settings.errorQuery) return [this.#errors.shift() ?? NO_ERROR];
    const query = queriesOf(this.#settings).find((one) => one.query === line);
    if (query) return [this.#measure(query)];
    if (/^\*CLS$/i.test(line)) this.#errors = [];
    if (line.includes("?") || !COMMANDS.test(line)) this.#fail();
    return [];
  }

  #fail(): void {
    if (this.#errors.length < MAX_ERRORS) this.#errors.push(UNDEFINED_HEADER);
    else this.#errors[MAX_ERRORS - 1] = QUEUE_OVERFLOW;
  }

  #measure({ type }: PolledQuery): string {
    this.#value += (this.#random() - 0.5) * 0.01;
    if (type === "boolean") return this.#value > 1 ? "1" : "0";
    if (type === "integer") return String(Math.round(this.#value * 1_000));
    if (type === "text") return '"VOLT"';
    return this.#value.toExponential(8).toUpperCase();
  }
}
