import {
  FrameScanner,
  MarkedLineSplitter,
  MAX_SENTENCE_BYTES,
  readSentence,
  SENTENCE_MARKS,
  UBX,
  ubxFrames,
  ubxMessage,
  writeSentence,
  writeUbx,
} from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { Fields } from "./fields.ts";

/** The mud flats off Friedrichskoog, where dunlins rest on their way. */
const CENTRE = { latitude: 54.03, longitude: 8.8 } as const;
const RADIUS_M = 150;
const SPEED_MS = 3;
const METRES_PER_DEGREE = 111_320;
const KNOTS_PER_MS = 3600 / 1852;

/** The receiver's clock at its start. A simulator has no clock of its own to tell the true time by. */
const START_MS = Date.UTC(2026, 0, 1, 12);
/** After a restart there is no fix for this many cycles. */
const CYCLES_WITHOUT_FIX = 3;

/** All that is sent to it in UBX is short. */
const MAX_ORDER_BYTES = 64;

/**
 * A GPS receiver on a boat that goes round in a small circle. Once a second, or as `rate` says, it sends GGA, GSA,
 * two GSV, RMC and VTG; the first sentence is cut, as on a port that is opened while the device is talking.
 * It takes MTK's and u-blox's commands alike.
 */
export class NmeaSimulator implements Simulator {
  readonly #random: () => number;
  readonly #sentences = new MarkedLineSplitter(SENTENCE_MARKS, MAX_SENTENCE_BYTES);
  readonly #frames = new FrameScanner(ubxFrames(MAX_ORDER_BYTES));
  #intervalMs = 1_000;
  #timeMs = START_MS;
  /** Where on the circle, radians from north. */
  #angle = 0;
  #started = false;
  #noFixFor = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const cycle = Buffer.concat(this.#cycle());
    const bytes = this.#started ? cycle : cycle.subarray(30);
    this.#started = true;
    this.#timeMs += this.#intervalMs;
    this.#angle = (this.#angle + (SPEED_MS / RADIUS_M) * (this.#intervalMs / 1_000)) % (2 * Math.PI);
    this.#noFixFor = Math.max(0, this.#noFixFor - 1);
    return { bytes, afterMs: this.#intervalMs };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const answers: Buffer[] = [];
    for (const item of this.#sentences.push(bytes))
      if (item.type === "line") answers.push(this.#sentence(item.bytes));
    for (const item of this.#frames.push(bytes))
      if (item.type === "frame") answers.push(this.#frame(item.bytes));
    return Buffer.concat(answers);
  }

  #sentence(line: Buffer): Buffer {
    const sentence = readSentence(line, true);
    if ("fault" in sentence) return Buffer.alloc(0);
    const fields = new Fields(sentence.text);
    const command = fields.address.replace("PMTK", "");
    if (command === "220") return writeSentence(`PMTK001,220,${this.#setRate(fields.number(0)) ? 3 : 2}`);
    if (!/^10[123]$/.test(command)) return writeSentence(`PMTK001,${command},1`);
    this.#noFixFor = CYCLES_WITHOUT_FIX;
    return writeSentence("PMTK010,001");
  }

  #frame(frame: Buffer): Buffer {
    const message = ubxMessage(frame);
    if (message === UBX.cfgRate) this.#setRate(frame.readUInt16LE(6));
    // A restart is not acknowledged: the receiver is restarting. UBX-CFG-RST.
    if (message !== UBX.cfgRst) return writeUbx(UBX.ack, frame.subarray(2, 4));
    this.#noFixFor = CYCLES_WITHOUT_FIX;
    return Buffer.alloc(0);
  }

  #setRate(intervalMs: number | null): boolean {
    if (intervalMs === null || intervalMs < 100 || intervalMs > 10_000) return false;
    this.#intervalMs = intervalMs;
    return true;
  }

  #cycle(): Buffer[] {
    const time = new Date(this.#timeMs).toISOString();
    const clock = time.slice(11, 22).replaceAll(":", "");
    const date = `${time.slice(8, 10)}${time.slice(5, 7)}${time.slice(2, 4)}`;
    const satellites = 8 + Math.floor(this.#random() * 4);
    const inView = `${satellites + 3}`.padStart(2, "0");
    const dop = (0.8 + this.#random() * 0.4).toFixed(1);
    const fix = this.#noFixFor === 0;
    const position = fix ? this.#position() : ",,,";
    const altitude = (2 + this.#random()).toFixed(1);
    const course = (((this.#angle * 180) / Math.PI + 90) % 360).toFixed(1);
    const knots = (SPEED_MS * KNOTS_PER_MS).toFixed(2);
    const kilometres = (SPEED_MS * 3.6).toFixed(2);
    const motion = fix ? `${knots},${course}` : ",";
    return [
      `GPGGA,${clock},${position},${fix ? 1 : 0},${fix ? satellites : "00"},${fix ? dop : ""},${fix ? altitude : ""},M,40.3,M,,`,
      `GPGSA,A,${fix ? 3 : 1},02,05,07,13,15,20,29,30,,,,,${fix ? `1.6,${dop},1.3` : ",,"}`,
      `GPGSV,2,1,${inView},02,67,190,41,05,41,061,38,07,22,300,33,13,35,102,36`,
      `GPGSV,2,2,${inView},15,58,250,40,20,12,045,27,29,73,005,44,30,18,275,31`,
      `GPRMC,${clock},${fix ? "A" : "V"},${position},${motion},${date},,,${fix ? "A" : "N"}`,
      `GPVTG,${fix ? course : ""},T,,M,${fix ? knots : ""},N,${fix ? kilometres : ""},K,${fix ? "A" : "N"}`,
    ].map(writeSentence);
  }

  #position(): string {
    const north = (Math.cos(this.#angle) * RADIUS_M) / METRES_PER_DEGREE;
    const east =
      (Math.sin(this.#angle) * RADIUS_M) / (METRES_PER_DEGREE * Math.cos((CENTRE.latitude * Math.PI) / 180));
    return `${angle(CENTRE.latitude + north, 2)},N,${angle(CENTRE.longitude + east, 3)},E`;
  }
}

/** Degrees as ddmm.mmmmm, or dddmm.mmmmm with three digits. */
function angle(degrees: number, digits: 2 | 3): string {
  const whole = Math.trunc(degrees);
  const minutes = ((degrees - whole) * 60).toFixed(5).padStart(8, "0");
  return `${String(whole).padStart(digits, "0")}${minutes}`;
}
