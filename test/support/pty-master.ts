import { spawnSync } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { LinuxPortBinding } from "@serialport/bindings-cpp";

/**
 * TIOCSPTLCK of asm-generic/ioctls.h, the same on x86, ARM and RISC-V. Node has no ioctl; perl
 * is on every Debian (perl-base is essential). Raw, because a device does not echo what it is sent. As descriptor 3,
 * because 0 to 2 are made to block when they are handed on.
 */
const UNLOCK_AND_MAKE_RAW = `
  use POSIX;
  open my $master, "+<&=3";
  my $off = pack("i", 0); ioctl($master, 0x40045431, $off) or die "unlockpt: $!";
  my $line = POSIX::Termios->new; $line->getattr(3);
  $line->setiflag(0); $line->setoflag(0); $line->setlflag(0); $line->setattr(3);
`;

const READABLE = 1;
const WRITABLE = 2;
/** The kernel says hang-up on the master as long as no program has the slave open; then it is asked again this often. */
const REOPEN_POLL_MS = 5;

/** The master side of one /dev/pts/N. */
export class PtyMaster {
  readonly node: string;
  readonly #fd: number;
  readonly #poller: LinuxPortBinding["poller"];
  readonly #onChunk: (chunk: Buffer) => void;
  readonly #buffer = Buffer.alloc(65_536);
  #pending: { bytes: Buffer; done: () => void }[] = [];
  #retry: NodeJS.Timeout | undefined;
  #stalled = false;
  #closed = false;

  constructor(onChunk: (chunk: Buffer) => void) {
    this.#onChunk = onChunk;
    this.#fd = openSync("/dev/ptmx", constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    const { status, stderr } = spawnSync("perl", ["-e", UNLOCK_AND_MAKE_RAW], {
      stdio: ["ignore", "ignore", "pipe", this.#fd],
    });
    if (status !== 0) throw new Error(`cannot make a pseudo-terminal: ${String(stderr)}`);
    this.node = `/dev/pts/${/tty-index:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${this.#fd}`, "utf8"))?.[1]}`;
    this.#poller = new LinuxPortBinding(this.#fd, {} as LinuxPortBinding["openOptions"]).poller;
    // As immediates, for the reason that src/serial/tty-port.ts gives.
    this.#poller.on("readable", (error: Error | null) => setImmediate(() => this.#ready(error)));
    this.#poller.on("writable", (error: Error | null) => setImmediate(() => this.#writable(error)));
    this.#watch();
  }

  stall(stalled: boolean): void {
    this.#stalled = stalled;
    this.#watch();
  }

  write(bytes: Buffer): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pending.push({ bytes, done: resolve });
    this.#flush();
    this.#watch();
    return promise;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#poller.removeAllListeners();
    this.#poller.stop();
    this.#poller.destroy();
    closeSync(this.#fd);
    // What was not written is lost, as in a cable that is pulled.
    for (const { done } of this.#pending) done();
  }

  #watch(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#poller.poll((this.#stalled ? 0 : READABLE) | (this.#pending.length > 0 ? WRITABLE : 0));
  }

  #ready(error: Error | null): void {
    if (this.#closed || this.#stalled) return;
    if (error === null && this.#read()) return this.#watch();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#watch(), REOPEN_POLL_MS);
  }

  #writable(error: Error | null): void {
    if (this.#closed || error !== null) return;
    this.#flush();
    if (this.#retry === undefined) this.#watch();
  }

  #read(): boolean {
    try {
      const bytes = readSync(this.#fd, this.#buffer);
      if (bytes > 0) this.#onChunk(Buffer.from(this.#buffer.subarray(0, bytes)));
      return true;
    } catch (error) {
      return isAgain(error);
    }
  }

  #flush(): void {
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      next.bytes = next.bytes.subarray(this.#writeSome(next.bytes));
      if (next.bytes.length > 0) return;
      this.#pending.shift();
      next.done();
    }
  }

  #writeSome(bytes: Buffer): number {
    try {
      return writeSync(this.#fd, bytes);
    } catch (error) {
      if (isAgain(error)) return 0;
      throw error;
    }
  }
}

function isAgain(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
