import { DunlinError } from "../base/index.ts";
import { throwIfAborted } from "./port.ts";

interface Entry {
  bytes: Uint8Array;
  begun: boolean;
  readonly resolve: () => void;
  readonly reject: (error: DunlinError) => void;
}

/** What is to be written to one line, in order and bounded by bytes. When it is full the new bytes are refused: a command half sent is worse than one not sent. */
export class WriteQueue {
  readonly #maxBytes: number;
  readonly #writeSome: (bytes: Uint8Array) => number;
  #entries: Entry[] = [];
  #pendingBytes = 0;

  /** @param writeSome writes what can be written without waiting; returns how many bytes that was */
  constructor(maxBytes: number, writeSome: (bytes: Uint8Array) => number) {
    this.#maxBytes = maxBytes;
    this.#writeSome = writeSome;
  }

  get empty(): boolean {
    return this.#entries.length === 0;
  }

  /** Settles when all bytes were written, or with the error that prevented it. `flush` has to be called. */
  async push(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    checkRoom(this.#pendingBytes, bytes.length, this.#maxBytes);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry: Entry = { bytes, begun: false, resolve, reject };
    this.#entries.push(entry);
    this.#pendingBytes += bytes.length;
    const takeBack = (): void => this.#takeBack(entry);
    signal?.addEventListener("abort", takeBack, { once: true });
    return promise.finally(() => signal?.removeEventListener("abort", takeBack));
  }

  /** Writes until the line takes no more. */
  flush(): void {
    for (let entry = this.#entries[0]; entry !== undefined; entry = this.#entries[0]) {
      const written = this.#writeSome(entry.bytes);
      this.#pendingBytes -= written;
      if (written < entry.bytes.length) {
        entry.begun ||= written > 0;
        entry.bytes = entry.bytes.subarray(written);
        return;
      }
      this.#entries.shift();
      entry.resolve();
    }
  }

  /** Rejects all that waits. */
  fail(error: DunlinError): void {
    const entries = this.#entries;
    this.#entries = [];
    this.#pendingBytes = 0;
    for (const entry of entries) entry.reject(error);
  }

  /** A frame of which the device has had the beginning is finished: the next one would be read as its rest. */
  #takeBack(entry: Entry): void {
    const index = this.#entries.indexOf(entry);
    if (index < 0 || entry.begun) return;
    this.#entries.splice(index, 1);
    this.#pendingBytes -= entry.bytes.length;
    entry.reject(new DunlinError("cancelled", "taken back before it was written"));
  }
}

/** @throws DunlinError `overloaded` */
export function checkRoom(pendingBytes: number, bytes: number, maxBytes: number): void {
  if (pendingBytes + bytes <= maxBytes) return;
  throw new DunlinError(
    "overloaded",
    `the line does not take bytes as fast as they are written: ${pendingBytes} wait, at most ${maxBytes} may; check flow control and the device`,
    { context: { pendingBytes, maxBytes } },
  );
}
