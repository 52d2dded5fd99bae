import { FrameScanner } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { isMeant, readIdentity, writeIdentity, type Identity } from "./identity.ts";
import {
  ACKNOWLEDGED,
  ANY,
  CI,
  FRAME_COUNT,
  LONG_FRAMES,
  readLong,
  REQUEST,
  RESET,
  SELECTED,
  SHORT_FRAMES,
  writeResponse,
} from "./protocol.ts";

/** Nothing comes of itself from a meter. */
const IDLE = { bytes: Buffer.alloc(0), afterMs: 60_000 };
const ACK = Buffer.of(ACKNOWLEDGED);
const SILENCE = Buffer.alloc(0);
const HEAT = 0x04;
const MORE_FOLLOW = Buffer.of(0x1f);

/**
 * A heat meter in a house that is heated, with two telegrams: what is now, and the due day's. It obeys reset and select, and
 * repeats its telegram if the frame count bit was not turned.
 */
export class HeatMeterSimulator implements Simulator {
  readonly #random: () => number;
  readonly #scanner = new FrameScanner(SHORT_FRAMES, LONG_FRAMES);
  readonly #address: number;
  readonly #identity: Identity;
  #isSelected = false;
  /** The frame count bit of the last request, and which telegram it got. */
  #frameCount: number | undefined;
  #second = false;
  #accesses = 0;
  /** Wh, L and W. */
  #energy = 41_200_000;
  #volume = 1_250_300;
  #power = 8_000;

  constructor(address: number, id: string, random: () => number) {
    this.#random = random;
    this.#address = address >= SELECTED ? 1 : address;
    this.#identity = {
      id: id === "" ? "20260001" : id.toUpperCase().replaceAll("F", "1"),
      manufacturer: "DUN",
      version: 1,
      mediumCode: HEAT,
      accessNumber: 0,
      status: 0,
      signature: 0,
    };
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    return IDLE;
  }

  receive(bytes: Uint8Array): Uint8Array {
    const frames = this.#scanner.push(bytes).flatMap((item) => (item.type === "frame" ? [item.bytes] : []));
    return Buffer.concat(
      frames.map((frame) => (frame.length === 5 ? this.#short(frame) : this.#long(frame))),
    );
  }

  #short(frame: Buffer): Buffer {
    const [, control = 0, address = 0] = frame;
    const isMine = address === this.#address || address === ANY || (address === SELECTED && this.#isSelected);
    if (control === RESET) return this.#reset(address, isMine);
    if (!isMine || (control & ~FRAME_COUNT) !== REQUEST) return SILENCE;
    const frameCount = control & FRAME_COUNT;
    if (this.#frameCount !== undefined && this.#frameCount !== frameCount) this.#second = !this.#second;
    this.#frameCount = frameCount;
    return writeResponse(this.#address, CI.variable, this.#telegram());
  }

  /** A reset of whoever is selected ends the selection. */
  #reset(address: number, isMine: boolean): Buffer {
    if (!isMine) return SILENCE;
    if (address === SELECTED) this.#isSelected = false;
    this.#frameCount = undefined;
    this.#second = false;
    return ACK;
  }

  #long(frame: Buffer): Buffer {
    const { ci, data } = readLong(frame);
    if (ci !== CI.select || data.length !== 8) return SILENCE;
    const { id } = readIdentity(Buffer.concat([data, Buffer.alloc(4)]));
    const wantsAnyMaker = data.readUInt16LE(4) === 0xffff;
    const isMine = wantsAnyMaker || data.subarray(4, 6).equals(writeIdentity(this.#identity).subarray(4, 6));
    this.#isSelected = isMine && isMeant(id, "", this.#identity.id);
    return this.#isSelected ? ACK : SILENCE;
  }

  #telegram(): Buffer {
    this.#accesses = (this.#accesses + 1) & 0xff;
    const head = writeIdentity({ ...this.#identity, accessNumber: this.#accesses });
    return Buffer.concat([head, this.#second ? this.#dueDay() : this.#now()]);
  }

  #now(): Buffer {
    this.#power = Math.min(20_000, Math.max(1_000, this.#power + (this.#random() - 0.5) * 1_000));
    const spread = 18 + this.#random() * 4;
    // 1.163 Wh warm a litre by a kelvin.
    const flow = this.#power / (1.163 * spread);
    this.#energy += this.#power / 60;
    this.#volume += flow / 60;
    const supply = 68 + this.#random() * 4;
    return Buffer.concat([
      int32(0x04, [0x06], this.#energy / 1_000),
      int32(0x04, [0x13], this.#volume),
      int16(0x02, [0x2c], this.#power / 10),
      int16(0x02, [0x3b], flow),
      int16(0x02, [0x5a], supply * 10),
      int16(0x02, [0x5e], (supply - spread) * 10),
      int16(0x02, [0x62], spread * 10),
      MORE_FOLLOW,
    ]);
  }

  /** 31 December 2025. */
  #dueDay(): Buffer {
    return Buffer.concat([
      Buffer.from("426c3f3c", "hex"),
      int32(0x44, [0x06], 35_020),
      int32(0x44, [0x13], 1_130_400),
    ]);
  }
}

function int32(dif: number, vif: readonly number[], value: number): Buffer {
  const content = Buffer.alloc(4);
  content.writeInt32LE(Math.round(value));
  return Buffer.concat([Buffer.from([dif, ...vif]), content]);
}

function int16(dif: number, vif: readonly number[], value: number): Buffer {
  const content = Buffer.alloc(2);
  content.writeInt16LE(Math.round(value));
  return Buffer.concat([Buffer.from([dif, ...vif]), content]);
}
