import type { Simulator } from "../../src/device/index.ts";
import { TYPE, writePacket } from "./protocol.ts";

const INTERVAL_MS = 1_000;
const CONTROL = { status: 2, mode: 3, start: 7 } as const;
/** 433.92 MHz, firmware 1045, ProXL 1, 10 dBm; listens for AC, OREGON, LACROSSE. */
const RECEIVER = 0x53;
const POWER = 28;
const PROTOCOLS = Buffer.from([0x00, 0x08, 0x24, 0x00]);

/** What one sender sends. @param tenths something that moves, 0 to 99 */
type Sender = (tenths: number) => readonly [type: number, subtype: number, payload: readonly number[]];

const HOUSE: readonly Sender[] = [
  (tenths) => [0x52, 1, [0xa4, 0x01, 0, 180 + tenths / 2, 45 + tenths / 20, 1, 0x79]],
  (tenths) => [0x50, 5, [0x51, 0x02, 0x80, 20 + tenths / 2, 0x59]],
  (tenths) => [0x54, 1, [0xe2, 0x03, 0, 190 + tenths / 4, 50, 0, 0x03, 0xe8 + tenths / 10, 1, 0x69]],
  (tenths) => [0x55, 2, [0x2a, 0x04, 0, tenths, 0, 0x30, tenths, 0x59]],
  (tenths) => [0x56, 4, [0x3b, 0x05, 0, 135, 0, tenths / 3, 0, tenths / 2, 0, 120, 0, 110, 0x69]],
  (tenths) => [0x11, 0, [0x00, 0xc1, 0x42, 0x53, 1, tenths & 1, 0, 0x70]],
  (tenths) => [0x5a, 2, [0xb6, 0x06, 0, 0, 0, 1, tenths, 0, 0, 0, 0x67, 0x28, tenths, 0x79]],
  (tenths) => [0x20, 1, [0x9c, 0x63, 0x9c, tenths & 1 ? 0x04 : 0x05, 0x59]],
];

/**
 * A transceiver that hears a packet a second, of each sender in turn; the first is cut, as on a port that is opened while
 * it receives. It answers to commands, and says that it has sent what it is to send.
 */
export class RfxcomSimulator implements Simulator {
  readonly #random: () => number;
  #turn = 0;
  #protocols = PROTOCOLS;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const sender = HOUSE[this.#turn % HOUSE.length];
    const [type, subtype, payload] = sender?.(Math.floor(this.#random() * 100)) ?? [0, 0, []];
    const cut = this.#turn === 0 ? 3 : 0;
    const bytes = writePacket(type, subtype, this.#turn++ & 0xff, Buffer.from(payload));
    return { bytes: bytes.subarray(cut), afterMs: INTERVAL_MS };
  }

  /** Requests come one at a time and whole. */
  receive(bytes: Uint8Array): Uint8Array {
    const [length, type = 0, , sequence = 0, command] = bytes;
    if (length !== bytes.length - 1) return Buffer.alloc(0);
    if (type >= 0x10) return writePacket(TYPE.transmitterMessage, 1, sequence, Buffer.of(0));
    if (type !== TYPE.interfaceControl || command === undefined || command === 0) return Buffer.alloc(0);
    return this.#control(sequence, command, bytes);
  }

  #control(sequence: number, command: number, bytes: Uint8Array): Buffer {
    if (command === CONTROL.start)
      return reply(sequence, 7, Buffer.concat([Buffer.of(command), Buffer.from("Copyright RFXCOM")]));
    if (command === CONTROL.mode && bytes.length >= 11) this.#protocols = Buffer.from(bytes.subarray(7, 11));
    else if (command !== CONTROL.status)
      return reply(sequence, 0xff, Buffer.from([command, ...Buffer.alloc(9)]));
    const head = [command, RECEIVER, 45, ...this.#protocols, 1, 3, POWER, 0x10, 42];
    return reply(sequence, 0, Buffer.from([...head, ...Buffer.alloc(5)]));
  }
}

function reply(sequence: number, subtype: number, payload: Buffer): Buffer {
  return writePacket(TYPE.interfaceMessage, subtype, sequence, payload);
}
