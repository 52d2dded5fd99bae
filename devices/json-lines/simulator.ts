import { LineSplitter } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import type { JsonLinesSettings } from "./settings.ts";

const INTERVAL_MS = 1_000;
/** What the greenhouse comes to in the end, degrees Celsius: with the fan off, and with it on. */
const WARM = 31;
const COOL = 17;
/** Part of the way there that is gone in a second. */
const PACE = 0.06;
const FAN = /fan\W+(true|false|on|off|1|0)\b/i;

type Format = Pick<JsonLinesSettings, "format" | "columns" | "delimiter">;

/**
 * A greenhouse with an Arduino in it, that prints temperature, humidity and fan once a second and obeys `fan=true` or
 * `{"fan":true}`: the fan shows at once, and then it gets cooler. It prints in the format that the device is set to.
 * The first line is cut, as on a port that is opened while the device is talking.
 */
export class GreenhouseSimulator implements Simulator {
  readonly #format: Format;
  readonly #random: () => number;
  readonly #orders = new LineSplitter(1_024);
  #temperature = 24;
  #fan = false;
  #started = false;

  constructor(format: Format, random: () => number) {
    this.#format = format;
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const noise = (this.#random() - 0.5) * 0.2;
    this.#temperature += ((this.#fan ? COOL : WARM) - this.#temperature) * PACE + noise;
    const line = this.#line();
    const cut = this.#started ? 0 : Math.floor(line.length / 2);
    this.#started = true;
    return { bytes: Buffer.from(line.slice(cut)), afterMs: INTERVAL_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    let obeyed = false;
    for (const item of this.#orders.push(bytes)) {
      const order = item.type === "line" ? FAN.exec(item.bytes.toString())?.[1]?.toLowerCase() : undefined;
      if (order === undefined) continue;
      this.#fan = ["true", "on", "1"].includes(order);
      obeyed = true;
    }
    return Buffer.from(obeyed ? this.#line() : "");
  }

  #line(): string {
    const temperature = Number(this.#temperature.toFixed(1));
    // Warmer air of the same water content is drier.
    const humidity = Number((48 + (24 - this.#temperature) * 1.8).toFixed(1));
    const values: Record<string, number | boolean> = { temperature, humidity, fan: this.#fan };
    const { format, columns, delimiter } = this.#format;
    if (format === "influx")
      return `greenhouse temperature=${temperature},humidity=${humidity},fan=${this.#fan}\r\n`;
    if (format === "key-value") return `temperature=${temperature} humidity=${humidity} fan=${this.#fan}\r\n`;
    if (format !== "csv" && columns.length === 0) return `${JSON.stringify(values)}\r\n`;
    const names = columns.length > 0 ? columns : Object.keys(values);
    return `${names.map((name) => String(values[name] ?? temperature)).join(delimiter)}\r\n`;
  }
}
