import { setImmediate, setTimeout } from "node:timers/promises";
import { asDunlinError, DunlinError, monotonicMs } from "../base/index.ts";
import { formatPortAddress, type PortAddress } from "../message/index.ts";
import { type Port, type PortHandlers, type PortOptions, throwIfAborted } from "./port.ts";
import type { RecordedItem } from "./recording.ts";
import { RecordingFile } from "./recording-file.ts";

type FileAddress = Extract<PortAddress, { kind: "file" }>;

/** From the last chunk to the first of the next round. Most devices speak once a second. */
const ROUND_PAUSE_MS = 1_000;
/** The longest that a timer of the runtime takes, 2³¹ − 1 ms; longer waits are made of several. */
const MAX_WAIT_MS = 2_147_483_647;

/**
 * Opens a recording as a line: what the device said comes again in its own time.
 * @throws DunlinError `port-missing`, `port-denied`, `port-failed`, `recording-invalid`, `cancelled`
 */
export async function openFilePort(
  address: FileAddress,
  options: Pick<PortOptions, "signal">,
  handlers: PortHandlers,
): Promise<Port> {
  throwIfAborted(options.signal);
  const recording = await RecordingFile.open(address.path);
  const port = new FilePort(address, recording, handlers);
  if (options.signal?.aborted === true) await port.close();
  throwIfAborted(options.signal);
  return port;
}

class FilePort implements Port {
  readonly #address: FileAddress;
  readonly #recording: RecordingFile;
  readonly #handlers: PortHandlers;
  readonly #closing = new AbortController();
  readonly #played: Promise<void>;
  #ended: DunlinError | undefined;
  #bytes = 0;
  /** When the recording's 0 ms are, on our clock. */
  #zeroMs = 0;
  #atMs = 0;

  constructor(address: FileAddress, recording: RecordingFile, handlers: PortHandlers) {
    this.#address = address;
    this.#recording = recording;
    this.#handlers = handlers;
    this.#played = this.#play();
  }

  /** The device of a recording does not hear: what is written goes nowhere. */
  async write(_bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    if (this.#ended !== undefined) throw this.#ended;
  }

  close(): Promise<void> {
    this.#ended ??= new DunlinError("cancelled", `${formatPortAddress(this.#address)} was closed`);
    this.#closing.abort();
    return this.#played;
  }

  async #play(): Promise<void> {
    // The first bytes come after the caller has the port in hand.
    await setImmediate();
    this.#zeroMs = monotonicMs();
    let reason: DunlinError | undefined;
    try {
      do await this.#round();
      while (this.#address.loop && this.#bytes > 0 && this.#ended === undefined);
      reason = this.#atEnd();
    } catch (thrown) {
      reason = asDunlinError(thrown);
    }
    await this.#recording.close();
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#handlers.onLost(reason);
  }

  /** Once from the beginning to the end. */
  async #round(): Promise<void> {
    for await (const items of this.#recording.items())
      for (const item of items) {
        await this.#until(item.atMs);
        if (this.#ended !== undefined) return;
        this.#deliver(item);
      }
    const { speed } = this.#address;
    if (speed > 0) this.#zeroMs += (this.#atMs + ROUND_PAUSE_MS) / speed;
  }

  /** Waits one turn of the loop at least: others have theirs. */
  async #until(atMs: number): Promise<void> {
    this.#atMs = atMs;
    const { speed } = this.#address;
    const dueMs = speed > 0 ? this.#zeroMs + atMs / speed : 0;
    do {
      const waitMs = Math.min(dueMs - monotonicMs(), MAX_WAIT_MS);
      const { signal } = this.#closing;
      await (waitMs > 0 ? setTimeout(waitMs, undefined, { signal }).catch(() => undefined) : setImmediate());
    } while (this.#ended === undefined && dueMs > monotonicMs());
  }

  #deliver(item: RecordedItem): void {
    if (item.kind !== "chunk" || item.direction !== "<") return;
    this.#bytes += item.bytes.length;
    this.#handlers.onChunk(item.bytes);
  }

  #atEnd(): DunlinError {
    const { path, loop } = this.#address;
    const text =
      this.#bytes === 0
        ? `the recording ${path} has no bytes of the device`
        : `the recording ${path} is at its end, after ${this.#bytes} bytes${loop ? "" : "; with ?loop it begins again"}`;
    return new DunlinError("port-missing", text, { context: { port: formatPortAddress(this.#address) } });
  }
}
