import type { Simulator } from "../../src/device/index.ts";
import { writeEnvelope, type Keys } from "./envelope.ts";
import { writeTelegram } from "./protocol.ts";

const INTERVAL_MS = 1_000;
/** The first telegram lacks its beginning, as on a port that is opened while the meter is sending. */
const CUT_BYTES = 100;
const IDENTIFICATION = "DUN5\\253SIMULATED";
const TITLE = Buffer.from("DUN00001", "latin1");
/** 1 January 2026, noon in the Netherlands: a simulator has no clock of its own to tell the true time by. */
const START_S = Date.UTC(2026, 0, 1, 12) / 1000;
/** How often a gas meter reports, s. P1 5.0.2, 6.12. */
const GAS_EVERY_S = 300;
const HOUR_S = 3600;

/**
 * A DSMR 5 meter with one phase, solar panels and a gas meter. It takes no commands, as the port has no way in.
 * With keys its telegrams are in envelopes, as in Luxembourg.
 */
export class P1Simulator implements Simulator {
  readonly #random: () => number;
  readonly #keys: Keys | undefined;
  #seconds = 0;
  /** Wh and dm3, so that counting brings in no noise of binary fractions. */
  #takenWh = 4_581_234;
  #givenWh = 1_204_711;
  #gasDm3 = 2_093_417;
  #gas = { at: START_S, dm3: 2_093_417 };
  /** Taken and given, W s that are not yet a Wh. */
  #pendingWs = 0;
  #load = 400;

  constructor(random: () => number, keys: Keys | undefined) {
    this.#random = random;
    this.#keys = keys;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const telegram = writeTelegram(IDENTIFICATION, this.#lines());
    const bytes = this.#keys ? writeEnvelope(telegram, this.#keys, TITLE, this.#seconds) : telegram;
    const cut = this.#seconds === 0 ? CUT_BYTES : 0;
    this.#advance();
    return { bytes: bytes.subarray(cut), afterMs: INTERVAL_MS };
  }

  receive(): Uint8Array {
    return new Uint8Array();
  }

  #advance(): void {
    this.#seconds++;
    const kettle = this.#random() < 0.02 ? 2_000 : 0;
    this.#load = Math.round(Math.max(150, this.#load * 0.95 + this.#random() * 60 + kettle));
    this.#pendingWs += this.#power();
    const wh = Math.trunc(this.#pendingWs / HOUR_S);
    this.#pendingWs -= wh * HOUR_S;
    if (wh > 0) this.#takenWh += wh;
    else this.#givenWh -= wh;
    if (this.#random() < 0.1) this.#gasDm3++;
    if (this.#seconds % GAS_EVERY_S === 0) this.#gas = { at: START_S + this.#seconds, dm3: this.#gasDm3 };
  }

  /** W taken; negative is given. */
  #power(): number {
    return this.#load - 1_500;
  }

  #lines(): string[] {
    const power = this.#power();
    const taken = thousandths(Math.max(0, power), 2);
    const given = thousandths(Math.max(0, -power), 2);
    return [
      "1-3:0.2.8(50)",
      `0-0:1.0.0(${timeOf(START_S + this.#seconds)})`,
      "0-0:96.1.1(44554E30303031)",
      `1-0:1.8.1(${thousandths(this.#takenWh, 6)}*kWh)`,
      "1-0:1.8.2(003120.415*kWh)",
      `1-0:2.8.1(${thousandths(this.#givenWh, 6)}*kWh)`,
      "1-0:2.8.2(000811.090*kWh)",
      "0-0:96.14.0(0001)",
      `1-0:1.7.0(${taken}*kW)`,
      `1-0:2.7.0(${given}*kW)`,
      "0-0:96.7.21(00004)",
      "0-0:96.7.9(00002)",
      "1-0:99.97.0(1)(0-0:96.7.19)(250815152415S)(0000000240*s)",
      "1-0:32.32.0(00002)",
      "1-0:32.36.0(00000)",
      "0-0:96.13.0()",
      `1-0:32.7.0(${((2_295 + Math.round(this.#random() * 20)) / 10).toFixed(1)}*V)`,
      `1-0:31.7.0(${String(Math.round(Math.abs(power) / 230)).padStart(3, "0")}*A)`,
      `1-0:21.7.0(${taken}*kW)`,
      `1-0:22.7.0(${given}*kW)`,
      "0-1:24.1.0(003)",
      "0-1:96.1.0(44554E30303032)",
      `0-1:24.2.1(${timeOf(this.#gas.at)})(${thousandths(this.#gas.dm3, 5)}*m3)`,
    ];
  }
}

/** With three decimal places and so many digits before them. */
function thousandths(value: number, digits: number): string {
  const padded = String(value).padStart(digits + 3, "0");
  return `${padded.slice(0, -3)}.${padded.slice(-3)}`;
}

/** YYMMDDhhmmssW: winter, which one simulation does not outlast. */
function timeOf(seconds: number): string {
  const local = new Date((seconds + HOUR_S) * 1000).toISOString();
  return `${local.slice(2, 19).replaceAll(/[-T:]/g, "")}W`;
}
