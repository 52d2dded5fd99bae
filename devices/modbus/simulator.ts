import type { Simulator } from "../../src/device/index.ts";
import {
  EXCEPTION,
  frameOf,
  MAX_REGISTERS,
  READ,
  WRITE_COIL,
  WRITE_REGISTER,
  WRITE_REGISTERS,
  type Transport,
} from "./frames.ts";
import { encodeNumber } from "./numbers.ts";
import { isBits, tableOf } from "./poll-plan.ts";
import { SIZES, type Profile } from "./profile.ts";

/** Nothing comes of itself from a slave. */
const IDLE = { bytes: Buffer.alloc(0), afterMs: 60_000 };
/** Function code and two words. */
const MIN_STANDARD_BYTES = 5;
const [ILLEGAL_FUNCTION, ILLEGAL_ADDRESS] = [1, 2];

/** A slave with the registers of a profile, whose numbers wander a little about what is typical. */
export class ModbusSimulator implements Simulator {
  readonly #profile: Profile;
  readonly #unit: number;
  readonly #transport: Transport;
  readonly #random: () => number;
  /** By table and address. */
  readonly #registers = new Map<string, number>();

  constructor(profile: Profile, unit: number, transport: Transport, random: () => number) {
    this.#profile = profile;
    this.#unit = unit;
    this.#transport = transport;
    this.#random = random;
    for (const { register, type = "uint16", table = "holding" } of Object.values(profile.commands ?? {}))
      for (let i = 0; i < SIZES[type] / 2; i++) this.#registers.set(`${table} ${register + i}`, 0);
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    return IDLE;
  }

  receive(bytes: Uint8Array): Uint8Array {
    const frame = Buffer.from(bytes);
    const [at, end] = this.#transport === "tcp" ? [6, frame.length] : [0, frame.length - 2];
    const request = frame.subarray(at + 1, end);
    const pdu = frame[at] === this.#unit ? (this.#own(request) ?? this.#standard(request)) : undefined;
    if (!pdu) return Buffer.alloc(0);
    return frameOf(this.#transport, this.#unit, pdu, this.#transport === "tcp" ? frame.readUInt16BE(0) : 0);
  }

  /** The maker's own functions, of which no more is known than how they are answered. */
  #own(pdu: Buffer): Buffer | undefined {
    const own = Object.values(this.#profile.functions ?? {}).find(({ code }) => code === pdu[0]);
    if (!own) return undefined;
    if (own.replyBytes === undefined) return Buffer.from(pdu);
    return Buffer.concat([pdu.subarray(0, 1), Buffer.alloc(own.replyBytes)]);
  }

  #standard(pdu: Buffer): Buffer | undefined {
    return pdu.length < MIN_STANDARD_BYTES ? undefined : this.#answer(pdu);
  }

  #answer(pdu: Buffer): Buffer {
    const code = pdu[0] ?? 0;
    const [start, count] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3)];
    const table = (Object.keys(READ) as (keyof typeof READ)[]).find((name) => READ[name] === code);
    if (table) return this.#read(table, code, start, count);
    if (code === WRITE_REGISTER || code === WRITE_COIL) {
      const name = `${code === WRITE_COIL ? "coil" : "holding"} ${start}`;
      if (!this.#registers.has(name)) return exception(code, ILLEGAL_ADDRESS);
      this.#registers.set(name, code === WRITE_COIL ? Number(count !== 0) : count);
      return Buffer.from(pdu);
    }
    if (code !== WRITE_REGISTERS) return exception(code, ILLEGAL_FUNCTION);
    for (let i = 0; i < count; i++) this.#registers.set(`holding ${start + i}`, pdu.readUInt16BE(6 + 2 * i));
    return Buffer.from(pdu.subarray(0, 5));
  }

  #read(table: keyof typeof READ, code: number, start: number, count: number): Buffer {
    if (count === 0 || (!isBits(table) && count > MAX_REGISTERS)) return exception(code, ILLEGAL_ADDRESS);
    this.#wander();
    const values = Array.from({ length: count }, (_, i) => this.#registers.get(`${table} ${start + i}`) ?? 0);
    if (isBits(table)) {
      const bits = Buffer.alloc(Math.ceil(count / 8));
      values.forEach((value, i) => value && (bits[i >>> 3] = (bits[i >>> 3] ?? 0) | (1 << (i & 7))));
      return Buffer.concat([Buffer.from([code, bits.length]), bits]);
    }
    const data = Buffer.alloc(2 * count);
    values.forEach((value, i) => data.writeUInt16BE(value, 2 * i));
    return Buffer.concat([Buffer.from([code, data.length]), data]);
  }

  #wander(): void {
    const order = this.#profile.wordOrder ?? "high-first";
    for (const metric of Object.values(this.#profile.metrics)) {
      const { register, type = "uint16", scale = 1, offset = 0, typical = 0, values, bit } = metric;
      const table = tableOf(this.#profile, metric);
      if (isBits(table)) {
        this.#registers.set(`${table} ${register}`, Number(this.#random() < 0.5));
        continue;
      }
      const keys = Object.keys(values ?? {});
      const near = ((typical - offset) * (0.98 + 0.04 * this.#random())) / scale;
      const raw = keys.length > 0 ? Number(keys[0]) : bit === undefined ? near : 0;
      const whole = type.startsWith("float") ? raw : Math.round(raw);
      const bytes = encodeNumber(whole, type, metric.wordOrder ?? order) ?? Buffer.alloc(SIZES[type]);
      for (let i = 0; i < bytes.length / 2; i++)
        this.#registers.set(`${table} ${register + i}`, bytes.readUInt16BE(2 * i));
    }
  }
}

function exception(code: number, why: number): Buffer {
  return Buffer.from([code | EXCEPTION, why]);
}
