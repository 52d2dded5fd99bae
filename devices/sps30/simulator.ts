import type { Simulator } from "../../src/device/index.ts";
import {
  ADDRESS,
  COMMANDS,
  EDGE,
  INTERVAL,
  NOT_ALLOWED,
  SERIAL,
  START_FLOAT,
  writeMeasurement,
} from "./protocol.ts";
import { FlagSplitter, readRequest, writeAnswer, type Request } from "./shdlc.ts";
import type { VALUES } from "./values.table.ts";

const STEP_MS = 1_000;
const SERIAL_NUMBER = "0123456789ABCDEF\0";
const PRODUCT = "00080000\0";
/** Firmware 2.2, one 0, hardware 7, one 0, SHDLC 2.0. */
const VERSION = [2, 2, 0, 7, 0, 2, 0] as const;
const WEEK_S = 604_800;
/** Of the data sheet's table of error codes. */
const UNKNOWN = 0x02;
const PARAMETER = 0x04;

type State = "idle" | "measuring" | "asleep";

/** What each value is per ug/m3 of fine dust. Of the size it is the value itself. */
const SHARES: Readonly<Record<keyof typeof VALUES, number>> = {
  pm1: 0.9,
  pm2_5: 1,
  pm4: 1.02,
  pm10: 1.03,
  number_0_5: 6.1,
  number_1: 7.1,
  number_2_5: 7.15,
  number_4: 7.16,
  number_10: 7.16,
  typical_size: 0.52,
};

/** A sensor in a workshop. It says nothing unasked, and obeys and refuses as its data sheet says. */
export class SpsSimulator implements Simulator {
  readonly #random: () => number;
  readonly #splitter = new FlagSplitter();
  #state: State = "idle";
  #cleaningS = WEEK_S;
  /** A measurement that nobody has read. */
  #isFresh = false;
  /** Asleep, and its RX has seen an edge. */
  #isRoused = false;
  /** Mass of particles up to 2.5 um, ug/m3. */
  #dust = 7;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const grinding = this.#random() < 0.02 ? 30 : 0;
    this.#dust = Math.max(1, this.#dust * 0.98 + this.#random() * 0.3 + grinding);
    this.#isFresh = this.#state === "measuring";
    return { bytes: Buffer.alloc(0), afterMs: STEP_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    if (bytes.includes(EDGE[0] ?? 0)) this.#isRoused = true;
    const answers = this.#splitter.push(bytes).map((item) => {
      const request = item.type === "content" ? readRequest(item.bytes) : undefined;
      return request && !("fault" in request) ? this.#obey(request) : Buffer.alloc(0);
    });
    return Buffer.concat(answers);
  }

  #obey({ address, command, data }: Request): Buffer {
    const isAwakening = command === COMMANDS.wake && this.#isRoused;
    this.#isRoused = false;
    if (address !== ADDRESS || (this.#state === "asleep" && !isAwakening)) return Buffer.alloc(0);
    const answer = this.#answerTo(command, data);
    const [state, answered] = typeof answer === "number" ? [answer, []] : [0, answer];
    return writeAnswer({ address, command, state, data: Buffer.from([...answered]) });
  }

  /** @returns the data of the answer, or an error */
  #answerTo(command: number, data: Buffer): Iterable<number> | number {
    switch (command) {
      case COMMANDS.start:
        if (!data.equals(Buffer.from(START_FLOAT))) return PARAMETER;
        return this.#go("idle", "measuring");
      case COMMANDS.stop:
        return this.#go("measuring", "idle");
      case COMMANDS.sleep:
        return this.#go("idle", "asleep");
      case COMMANDS.wake:
        return this.#go("asleep", "idle");
      case COMMANDS.read:
        return this.#state === "measuring" ? this.#read() : NOT_ALLOWED;
      case COMMANDS.clean:
        return this.#state === "measuring" ? [] : NOT_ALLOWED;
      case COMMANDS.reset:
        this.#state = "idle";
        return [];
      case COMMANDS.status:
        return Buffer.alloc(5);
      case COMMANDS.firmware:
        return VERSION;
      case COMMANDS.information:
        return Buffer.from(data[0] === SERIAL ? SERIAL_NUMBER : PRODUCT, "latin1");
      case COMMANDS.cleaning:
        return this.#cleaning(data);
      default:
        return UNKNOWN;
    }
  }

  #go(from: State, to: State): Iterable<number> | number {
    if (this.#state !== from) return NOT_ALLOWED;
    this.#state = to;
    this.#isFresh = to === "measuring";
    return [];
  }

  /** Nothing, if there is no new measurement since the last one was read. */
  #read(): Buffer {
    if (!this.#isFresh) return Buffer.alloc(0);
    this.#isFresh = false;
    const shares = Object.entries(SHARES);
    return writeMeasurement(
      shares.map(([name, share]) => (name === "typical_size" ? share : share * this.#dust)),
    );
  }

  #cleaning(data: Buffer): Iterable<number> | number {
    if (data[0] !== INTERVAL) return PARAMETER;
    if (data.length === 5) this.#cleaningS = data.readUInt32BE(1);
    else if (data.length === 1) {
      const seconds = Buffer.alloc(4);
      seconds.writeUInt32BE(this.#cleaningS);
      return seconds;
    }
    return [];
  }
}
