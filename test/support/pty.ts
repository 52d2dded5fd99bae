import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PtyMaster } from "./pty-master.ts";

/**
 * A pseudo-terminal that stands for a serial device: the program under test opens `path` as it would /dev/ttyUSB0,
 * the test is the device at the other end of the wire. No process in between: the test holds the master side itself,
 * so a write is in the program's input queue when `write` resolves.
 *
 *   test ── write(), received() ──► master ═══ kernel ═══ slave ◄── path (a symlink, as under /dev/serial/by-id)
 *
 * It behaves as hardware does: the program may close and open it again; bytes written while nobody has it open are
 * thrown away by the program's open (it flushes); `unplug()` removes the node and hangs up whoever has it open.
 *
 *   const pty = openPty();
 *   t.teardown(() => pty.close());
 *   const port = await openPort({ kind: "tty", path: pty.path }, …);
 *   await pty.write("$GPGGA,…\r\n");
 *   t.same(await pty.take(3), Buffer.from("ok\n"));
 */
export class Pty {
  #folder: string;
  #name: string;
  #master: PtyMaster | undefined;
  #inbox = new Inbox();

  constructor(name: string) {
    this.#folder = mkdtempSync(join(tmpdir(), "pty-"));
    this.#name = name;
    this.replug();
  }

  /** What the program under test opens: a symlink in a folder of its own, to the /dev/pts/N of the moment. */
  get path(): string {
    return join(this.#folder, this.#name);
  }

  /** The device node behind `path`: /dev/pts/N. @throws while unplugged */
  get node(): string {
    return this.#plugged().node;
  }

  /** Sends to the program; resolves when the kernel has taken every byte (it holds some KiB for a slow reader). */
  async write(bytes: Uint8Array | string): Promise<void> {
    await this.#plugged().write(Buffer.from(bytes));
  }

  /** Every byte that the program wrote, from the first one not yet taken on; ends with `close()`. One reader at a time. */
  async *received(): AsyncIterable<Buffer> {
    while (!this.#inbox.ended) yield await this.take(Math.max(1, this.#inbox.size));
  }

  /** Waits until the program has written this many bytes more and takes them. @throws when the pty is closed first */
  take(bytes: number): Promise<Buffer> {
    return this.#inbox.take(bytes);
  }

  /** Takes no more bytes, as a device that holds its CTS line; the program's writes pile up until `resume`. */
  stall(): void {
    this.#plugged().stall(true);
  }

  resume(): void {
    this.#plugged().stall(false);
  }

  /** Pulls the plug: the node and the symlink are gone, whoever has it open gets a hang-up. */
  unplug(): void {
    this.#master?.close();
    this.#master = undefined;
    rmSync(this.path, { force: true });
  }

  /** Plugs it in again: another /dev/pts/N, under the same name or a new one. */
  replug(name: string = this.#name): void {
    this.unplug();
    this.#name = name;
    this.#master = new PtyMaster((chunk) => this.#inbox.push(chunk));
    symlinkSync(this.#master.node, this.path);
  }

  close(): void {
    this.unplug();
    this.#inbox.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #plugged(): PtyMaster {
    if (this.#master === undefined) throw new Error(`${this.path} is unplugged`);
    return this.#master;
  }
}

/** @param name the last part of `path` */
export function openPty(name = "ttyUSB0"): Pty {
  return new Pty(name);
}

/** Bytes that came and were not yet taken, and the one who waits for them. */
class Inbox {
  #bytes: Buffer = Buffer.alloc(0);
  #waiter: { count: number; resolve: (bytes: Buffer) => void; reject: (error: Error) => void } | undefined;
  ended = false;

  get size(): number {
    return this.#bytes.length;
  }

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    this.#serve();
  }

  take(count: number): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.#waiter = { count, resolve, reject };
    this.#serve();
    return promise;
  }

  end(): void {
    this.ended = true;
    this.#serve();
  }

  #serve(): void {
    const waiter = this.#waiter;
    if (waiter === undefined || (this.size < waiter.count && !this.ended)) return;
    this.#waiter = undefined;
    if (this.size < waiter.count)
      return waiter.reject(new Error(`closed after ${this.size} of ${waiter.count} bytes`));
    waiter.resolve(this.#bytes.subarray(0, waiter.count));
    this.#bytes = this.#bytes.subarray(waiter.count);
  }
}
