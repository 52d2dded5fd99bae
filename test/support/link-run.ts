import { HostLink, type LinkClock, type LinkEvent, type LinkQuality } from "../../src/link/index.ts";
import type { Value } from "../../src/message/index.ts";
import { GOOD_WIRE, LossyWire, type WireFaults } from "./lossy-wire.ts";

/** A device at the far end of the wire. */
export interface FarEnd {
  /** @returns what it sends of itself */
  poll(nowMs: number): Buffer;
  /** @returns what it answers */
  receive(bytes: Uint8Array, nowMs: number): Buffer;
}

/** More than these bytes do not fit into a microcontroller's UART: it waits. */
const UART_BYTES = 64;

/** Host and device on a wire, in a time of their own, a millisecond at a time. */
export class LinkRun {
  toHost: LossyWire;
  toDevice: LossyWire;
  readonly #random: () => number;
  readonly #onEvent: (event: LinkEvent) => void;
  readonly #timeoutMs: number | undefined;
  #link: HostLink;
  #wakeMs = Infinity;
  device: FarEnd;
  nowMs = 0;

  constructor(
    device: FarEnd,
    faults: { readonly toHost: WireFaults; readonly toDevice: WireFaults },
    random: () => number,
    onEvent: (event: LinkEvent) => void,
    timeoutMs?: number,
  ) {
    this.#timeoutMs = timeoutMs;
    this.device = device;
    this.toHost = new LossyWire(faults.toHost, random);
    this.toDevice = new LossyWire(faults.toDevice, random);
    this.#random = random;
    this.#onEvent = onEvent;
    this.#link = this.#newLink();
    this.#act(this.#link.start());
  }

  /** From now on the wire is good; what was on it is gone. */
  mend(): void {
    this.toHost = new LossyWire(GOOD_WIRE, this.#random);
    this.toDevice = new LossyWire(GOOD_WIRE, this.#random);
  }

  /** The agent is killed and starts again. */
  restartHost(): void {
    this.toDevice.cut();
    this.#wakeMs = Infinity;
    this.#link = this.#newLink();
    this.#act(this.#link.start());
  }

  call(id: string, name: string, value: Value): void {
    this.#act(this.#link.call({ id, name, args: { value } }));
  }

  cancel(id: string): void {
    this.#act(this.#link.cancel(id));
  }

  takeQuality(): LinkQuality {
    return this.#link.takeQuality();
  }

  tick(): void {
    this.nowMs++;
    for (const chunk of this.toDevice.tick(this.nowMs))
      this.toHost.write(this.device.receive(chunk, this.nowMs));
    if (this.toHost.queued < UART_BYTES) this.toHost.write(this.device.poll(this.nowMs));
    for (const chunk of this.toHost.tick(this.nowMs)) this.#act(this.#link.push(chunk));
    if (this.nowMs >= this.#wakeMs) {
      this.#wakeMs = Infinity;
      this.#act(this.#link.wake());
    }
  }

  /** @returns false if it did not come to that in so long */
  until(isDone: () => boolean, limitMs: number): boolean {
    const endMs = this.nowMs + limitMs;
    while (!isDone() && this.nowMs < endMs) this.tick();
    return isDone();
  }

  #newLink(): HostLink {
    // Session numbers are the microseconds of a moment: here they are the test's own, not those of its milliseconds.
    const clock: LinkClock = {
      nowMs: () => this.nowMs,
      nowUs: () => this.nowMs * 1_000 + Math.floor(this.#random() * 1_000),
      quality: "synced",
    };
    return new HostLink(clock, [], this.#timeoutMs);
  }

  #act(events: readonly LinkEvent[]): void {
    for (const event of events) {
      if (event.type === "write") this.toDevice.write(event.bytes);
      else if (event.type === "wake") this.#wakeMs = this.nowMs + event.afterMs;
      else this.#onEvent(event);
    }
  }
}
