import { DunlinError } from "../base/index.ts";

/** A byte line that is open. Single-use: after a loss or `close()` a new one is opened. */
export interface Port {
  /**
   * Resolves when the system has taken all bytes (not when the device has); writes keep their order.
   * The bytes must not be changed before that.
   * @param signal aborting takes the bytes back as long as none of them has been written; then rejects with `cancelled`
   * @throws DunlinError `overloaded` when more than {@link MAX_PENDING_BYTES} wait; the reason of the loss when the line is lost
   */
  write(bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Lets the line go; idempotent. What waits to be written is rejected with `cancelled`. */
  close(): Promise<void>;
}

export interface PortHandlers {
  /** Bytes as they came, in any chunking. The chunk is valid only during the call: its memory is used again. Must not throw. */
  onChunk(chunk: Uint8Array): void;
  /** Called once when the line ends by itself; never after `close()`. The port closes itself. */
  onLost(error: DunlinError): void;
}

/** How a serial line is set. */
export interface LineSettings {
  /** Bits per second; any number that the adapter can do, not only the usual ones. */
  readonly baudRate: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: "none" | "even" | "odd";
  readonly stopBits: 1 | 2;
  readonly flowControl: "none" | "rts-cts" | "xon-xoff";
}

/** The far end of a `sim://` line. A simulator of a driver is one. */
export interface SimulatedLine {
  /** The next bytes that come of themselves, and how long until the step after, ms. */
  step(): { readonly bytes: Uint8Array; readonly afterMs: number };
  /** Bytes written to the line; returns what it answers at once. */
  receive(bytes: Uint8Array): Uint8Array;
}

export interface PortOptions {
  /** Used by ttys only. */
  readonly line: LineSettings;
  /** Whether a tty must not be open elsewhere. Default true; false lets two programs take bytes from each other. */
  readonly exclusive?: boolean;
  /** Makes the far end of `sim://<driver>`, or of `sim://` alone (`""`: the device's own driver); throws DunlinError `driver-unknown`. Without it sim addresses are refused. */
  readonly simulate?: (driver: string) => SimulatedLine;
  /** How long a TCP connection may take, ms. Default 5000. */
  readonly connectTimeoutMs?: number;
  /** How often the device node is looked at while the tty is open, ms. Default 1000. */
  readonly lookMs?: number;
  /** Gives up opening; what was opened meanwhile is closed again. */
  readonly signal?: AbortSignal;
}

/** Most bytes that wait to be written, a port. A line at 9600 baud needs a minute for them. */
export const MAX_PENDING_BYTES = 64 * 1024;

/** Size of one read. The kernel's tty buffer is this large; reads never give more. */
export const READ_BYTES = 4096;

/** @throws DunlinError `cancelled` */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new DunlinError("cancelled", "given up before it was done", { cause: signal.reason });
}
