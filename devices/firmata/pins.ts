import { MODES, type ModeName } from "./protocol.ts";

/** Ends the modes of a pin; as a channel it is none. "Capability query", "Analog mapping query". */
const NONE = 0x7f;
/** Where a board does not tell: as many as an analog message has room for. */
const ANALOG_BITS = 14;

/** What the board has told of its pins; what it has not is not known, and not refused. */
export class Pins {
  /** Bits by mode, for each pin. */
  #modes: readonly ReadonlyMap<number, number>[] | undefined;
  /** Analog channel of each pin. */
  #channels: readonly number[] | undefined;

  get isComplete(): boolean {
    return this.#modes !== undefined && this.#channels !== undefined;
  }

  get count(): number | null {
    return this.#modes?.length ?? null;
  }

  forget(): void {
    this.#modes = undefined;
    this.#channels = undefined;
  }

  /** @returns false if it is none */
  setCapabilities(data: Buffer): boolean {
    const pins: Map<number, number>[] = [];
    let modes = new Map<number, number>();
    for (let at = 0; at < data.length;) {
      const mode = data[at] ?? NONE;
      if (mode === NONE) {
        pins.push(modes);
        modes = new Map();
        at++;
      } else {
        if (at + 1 >= data.length) return false;
        modes.set(mode, data[at + 1] ?? 0);
        at += 2;
      }
    }
    if (pins.length === 0 || modes.size > 0) return false;
    this.#modes = pins;
    return true;
  }

  setMapping(data: Buffer): boolean {
    if (data.length === 0) return false;
    this.#channels = [...data];
    return true;
  }

  /** Whether the pin may be of this mode, as far as is known. */
  has(pin: number, mode: ModeName): boolean {
    return this.#modes === undefined || this.#modes[pin]?.has(MODES[mode]) === true;
  }

  hasChannel(channel: number): boolean {
    return this.#channels === undefined || this.#channels.includes(channel);
  }

  /** The greatest value that the pin takes in a mode. */
  maxOf(pin: number, mode: ModeName): number {
    return 2 ** (this.#modes?.[pin]?.get(MODES[mode]) ?? ANALOG_BITS) - 1;
  }

  maxOfChannel(channel: number): number {
    const pin = this.#channels?.indexOf(channel) ?? -1;
    return pin < 0 ? 2 ** ANALOG_BITS - 1 : this.maxOf(pin, "analog");
  }
}
