import { existsSync, fstatSync, readSync, writeSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { DunlinError, messageOf, systemCodeOf } from "../base/index.ts";
import { isSameNode, watchNode } from "./device-node.ts";
import { checkTty, explainTtyFailure } from "./open-failure.ts";
import {
  MAX_PENDING_BYTES,
  type Port,
  type PortHandlers,
  type PortOptions,
  READ_BYTES,
  throwIfAborted,
} from "./port.ts";
import type { ttyBinding } from "./tty-binding.ts";
import { WriteQueue } from "./write-queue.ts";

/** The serialport binding's open port on Linux: a file descriptor that does not block, and a poller for it. */
type Tty = Extract<Awaited<ReturnType<(typeof ttyBinding)["open"]>>, { poller: unknown }>;

/** Events of the binding's poller. */
const READABLE = 1;
const WRITABLE = 2;

/**
 * Opens a tty through the serialport binding, raw, with the line settings of the options.
 * @throws DunlinError `port-missing`, `port-denied`, `port-busy`, `port-failed`, `cancelled`
 */
export async function openTtyPort(path: string, options: PortOptions, handlers: PortHandlers): Promise<Port> {
  await checkTty(path, options.exclusive ?? true);
  throwIfAborted(options.signal);
  // The real node, because a link in /dev/serial/by-id may be turned to another adapter of the same name.
  const node = await realpath(path).catch(() => path);
  const tty = await openTty(path, options);
  const port = new TtyPort({ path, node, tty, lookMs: options.lookMs ?? 1_000 }, handlers);
  if (options.signal?.aborted === true) await port.close();
  throwIfAborted(options.signal);
  return port;
}

async function openTty(path: string, { line, exclusive }: PortOptions): Promise<Tty> {
  const { ttyBinding } = await import("./tty-binding.ts");
  const xon = line.flowControl === "xon-xoff";
  const settings = {
    baudRate: line.baudRate,
    dataBits: line.dataBits,
    parity: line.parity,
    stopBits: line.stopBits,
  };
  const flow = { rtscts: line.flowControl === "rts-cts", xon, xoff: xon };
  const opening = ttyBinding.open({ path, ...settings, ...flow, lock: exclusive ?? true });
  const tty = (await opening.catch(async (thrown: unknown) => {
    throw await explainTtyFailure(path, thrown);
  })) as Tty;
  // Bytes from before the line was set are garbage; the binding drops them at the usual baud rates only. If this fails
  // the port is already lost, as the first read will say.
  await tty.flush().catch(() => undefined);
  return tty;
}

interface OpenTty {
  readonly path: string;
  readonly node: string;
  readonly tty: Tty;
  readonly lookMs: number;
}

/**
 * Reads and writes the descriptor itself when the poller says so. The binding's own read takes a thread of the pool for
 * every chunk (twice the CPU a line), since Node 26.4 stalls until something else happens in the process, and turns for
 * ever on a line that has hung up; its write, while it waits for room, takes the poller away from the reader.
 */
class TtyPort implements Port {
  readonly #path: string;
  readonly #node: string;
  readonly #tty: Tty;
  readonly #fd: number;
  readonly #handlers: PortHandlers;
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);
  readonly #queue = new WriteQueue(
    MAX_PENDING_BYTES,
    (bytes) => unlessAgain(() => writeSync(this.#fd, bytes)) ?? 0,
  );
  readonly #endWatch: () => void;
  #ended: DunlinError | undefined;
  #closed: Promise<void> | undefined;

  constructor({ path, node, tty, lookMs }: OpenTty, handlers: PortHandlers) {
    this.#path = path;
    this.#node = node;
    this.#tty = tty;
    this.#fd = tty.fd ?? -1;
    this.#handlers = handlers;
    this.#endWatch = this.#watchNode(lookMs);
    // The binding calls back without a scope of Node's, so that since Node 26.4 no promise would go on and no exception
    // be seen before the next timer (serialport/bindings-cpp#239). Immediates follow in the same turn of the loop.
    tty.poller.on("readable", (error: Error | null) => setImmediate(() => this.#onReadable(error)));
    tty.poller.on("writable", (error: Error | null) => setImmediate(() => this.#onWritable(error)));
    this.#poll();
  }

  async write(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended;
    const written = this.#queue.push(bytes, signal);
    this.#attempt(null, () => this.#queue.flush());
    if (this.#ended === undefined && !this.#queue.empty) this.#poll();
    return written;
  }

  close(): Promise<void> {
    this.#end(new DunlinError("cancelled", `${this.#path} was closed`));
    return this.#closed ?? Promise.resolve();
  }

  /** One read an event: the poller fires again when there is more, and other ports have their turn. */
  #onReadable(error: Error | null): void {
    const bytes = this.#attempt(error, () => unlessAgain(() => readSync(this.#fd, this.#buffer)));
    if (bytes === 0) this.#lose(new Error("hung up"));
    if (this.#ended !== undefined) return;
    this.#poll();
    if (bytes !== undefined) this.#handlers.onChunk(this.#buffer.subarray(0, bytes));
  }

  #onWritable(error: Error | null): void {
    this.#attempt(error, () => this.#queue.flush());
    if (this.#ended === undefined) this.#poll();
  }

  /** Asks the poller for the next event; it forgets what it was asked before. */
  #poll(): void {
    this.#tty.poller.poll(this.#queue.empty ? READABLE : READABLE | WRITABLE);
  }

  #attempt<T>(error: Error | null, act: () => T): T | undefined {
    if (this.#ended !== undefined) return undefined;
    try {
      if (error !== null) throw error;
      return act();
    } catch (thrown) {
      this.#lose(thrown);
      return undefined;
    }
  }

  /** Some adapters give no hang-up before the next write, but their node is gone at once. */
  #watchNode(lookMs: number): () => void {
    const opened = fstatSync(this.#fd);
    return watchNode(this.#node, lookMs, (node) => {
      if (!isSameNode(opened, node)) this.#lose(new Error("its device node is gone"));
    });
  }

  #lose(thrown: unknown): void {
    const gone = !existsSync(this.#node);
    const text = gone ? "was unplugged" : `was lost: ${lossText(thrown)}`;
    const details = { context: { port: this.#path }, cause: thrown };
    const error = new DunlinError(gone ? "port-missing" : "port-failed", `${this.#path} ${text}`, details);
    if (this.#end(error)) this.#handlers.onLost(error);
  }

  #end(error: DunlinError): boolean {
    if (this.#ended !== undefined) return false;
    this.#ended = error;
    this.#endWatch();
    this.#queue.fail(error);
    // Closing a lost port may fail once more; there is nothing left to do about it.
    this.#closed = this.#tty.close().catch(() => undefined);
    return true;
  }
}

function unlessAgain(act: () => number): number | undefined {
  try {
    return act();
  } catch (thrown) {
    if (systemCodeOf(thrown) === "EAGAIN") return undefined;
    throw thrown;
  }
}

/** libuv says EBADF for any error condition of a polled descriptor; of a tty that is the hang-up. */
function lossText(thrown: unknown): string {
  const text = messageOf(thrown);
  return text === "bad file descriptor" || systemCodeOf(thrown) === "EIO" ? "hung up" : text;
}
