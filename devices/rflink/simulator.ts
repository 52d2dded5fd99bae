import { LineSplitter } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";

const INTERVAL_MS = 1_000;
const MAX_LINE_BYTES = 256;

const hex = (value: number, digits = 4): string => Math.floor(value).toString(16).padStart(digits, "0");

/** What one sender sends. @param tenths something that moves, 0 to 99 */
type Sender = (tenths: number) => string;

const HOUSE: readonly Sender[] = [
  (tenths) => `Cresta;ID=3001;TEMP=${hex(180 + tenths / 2)};HUM=${45 + Math.floor(tenths / 20)};BAT=OK`,
  (tenths) => `Auriol V2;ID=008f;TEMP=${hex(0x8000 + 10 + tenths / 2)};BAT=LOW`,
  (tenths) =>
    `Oregon BTHR;ID=5a6d;TEMP=${hex(190 + tenths / 4)};HUM=50;BARO=${hex(1_000 + tenths / 10)};BAT=OK`,
  (tenths) => `Oregon Rain2;ID=2b19;RAIN=${hex(800 + tenths)};RAINTOT=${hex(tenths)};BAT=OK`,
  (tenths) =>
    `Cresta;ID=8001;WINDIR=000${tenths % 10};WINSP=${hex(tenths)};WINGS=${hex(2 * tenths)};WINCHL=${hex(80)}`,
  (tenths) => `NewKaku;ID=00c142;SWITCH=3;CMD=${tenths % 2 === 0 ? "ON" : "OFF"}`,
  (tenths) => `NewKaku;ID=00c142;SWITCH=4;CMD=SET_LEVEL=${tenths % 16}`,
  (tenths) => `Pir;ID=aa66;PIR=${tenths % 2 === 0 ? "ON" : "OFF"}`,
];

/** A gateway that hears a sender a second, each in turn; the first line is cut. It answers to commands. */
export class RflinkSimulator implements Simulator {
  readonly #random: () => number;
  readonly #requests = new LineSplitter(MAX_LINE_BYTES);
  #turn = 0;
  #sequence = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const sender = HOUSE[this.#turn % HOUSE.length];
    const cut = this.#turn++ === 0 ? 9 : 0;
    const line = this.#line(sender?.(Math.floor(this.#random() * 100)) ?? "");
    return { bytes: line.subarray(cut), afterMs: INTERVAL_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const requests = this.#requests.push(bytes).filter((item) => item.type === "line");
    return Buffer.concat(requests.map((request) => this.#answer(request.bytes.toString("latin1"))));
  }

  #answer(request: string): Buffer {
    if (!request.startsWith("10;")) return Buffer.alloc(0);
    const [first = "", second] = request.slice(3).split(";");
    if (first === "PING") return this.#line("PONG");
    if (first === "VERSION") return this.#line("VER=1.1;REV=48;BUILD=07");
    if (first === "STATUS") return this.#line("STATUS;setRF433=ON;setNodoNRF=OFF;setMilight=OFF;setGPIO=OFF");
    if (/^\w+=(ON|OFF)$/.test(first)) return this.#line(first);
    return this.#line(second ? "OK" : "CMD UNKNOWN");
  }

  #line(text: string): Buffer {
    const sequence = hex(this.#sequence++ & 0xff, 2).toUpperCase();
    return Buffer.from(`20;${sequence};${text};\r\n`, "latin1");
  }
}
