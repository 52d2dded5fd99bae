import type { Simulator } from "../../src/device/index.ts";
import { COMMANDS, DATA_DESTINATION, writePacket } from "./protocol.ts";

const INTERVAL_MS = 1_000;
const CONTROLLER = 0x7e11;
const HEAT_METER = 0x7e31;
const CONTROLLER_BYTES = 108;
const HEAT_METER_BYTES = 40;
/** A sensor that is not connected. */
const BROKEN = 8_888;
/** Of the first packet, which is cut as on a port that is opened while the controller is sending. */
const CUT_BYTES = 17;

/** A DeltaSol MX with a collector on the roof, a store that it heats, and a heat meter. Both packets once a second. */
export class VbusSimulator implements Simulator {
  readonly #random: () => number;
  #started = false;
  #collectorDeci = 540;
  #storeDeci = 380;
  #heatWh = 1_250_000;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const bytes = Buffer.concat([
      packet(CONTROLLER, this.#controller()),
      packet(HEAT_METER, this.#heatMeter()),
    ]);
    const cut = this.#started ? 0 : CUT_BYTES;
    this.#started = true;
    return { bytes: bytes.subarray(cut), afterMs: INTERVAL_MS };
  }

  /** It is not asked: it tells. */
  receive(): Uint8Array {
    return Buffer.alloc(0);
  }

  #controller(): Buffer {
    const isOn = this.#collectorDeci > this.#storeDeci + 80;
    this.#collectorDeci += Math.round((this.#random() - (isOn ? 0.7 : 0.3)) * 20);
    this.#storeDeci += isOn && this.#random() < 0.3 ? 1 : 0;
    if (isOn) this.#heatWh += Math.round(this.#random() * 2);
    const payload = Buffer.alloc(CONTROLLER_BYTES);
    for (let sensor = 0; sensor < 20; sensor++) payload.writeInt16LE(BROKEN, 2 * sensor);
    payload.writeInt16LE(this.#collectorDeci, 0);
    payload.writeInt16LE(this.#storeDeci, 2);
    payload.writeInt16LE(Math.round(400 + this.#random() * 300), 30);
    payload.writeUInt32LE(isOn ? 180 : 0, 40);
    payload.writeUInt8(isOn ? 70 : 0, 76);
    return payload;
  }

  #heatMeter(): Buffer {
    const payload = Buffer.alloc(HEAT_METER_BYTES);
    payload.writeUInt32LE(this.#heatWh, 0);
    payload.writeUInt32LE(Math.round(1_500 + this.#random() * 800), 4);
    return payload;
  }
}

function packet(source: number, payload: Buffer): Buffer {
  return writePacket({ destination: DATA_DESTINATION, source, command: COMMANDS.data, payload });
}
