import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { FarEnd } from "./link-run.ts";

/** TypeScript has its types among a browser's. */
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}
const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: Wasm }).WebAssembly;

const FIRMWARE = resolve(import.meta.dirname, "../../firmware-bridge");

/** What firmware-bridge's test device exports: firmware-bridge/test, built by `make wasm`. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  device_buffer(): number;
  device_init(txBytes: number): number;
  device_receive(bytes: number): void;
  device_poll(nowMs: number): void;
  device_connected(): number;
  device_send(number: number): number;
  device_log(bytes: number, reliable: number): number;
  device_finish(key: number, ok: number): void;
  device_runs(command: number): number;
  device_last(command: number): number;
  device_dropped(): number;
  device_retransmits(): number;
}

/** Bytes of the library's transmit buffer: room for a window of full frames. */
const TX_BYTES = 512;
const COMMANDS = ["set", "slow", "again"] as const;
export type CommandName = (typeof COMMANDS)[number];

/** The real C library, compiled to WebAssembly, as the device at the far end. Built anew if its sources have changed. */
export class WasmDevice implements FarEnd {
  /** Told of each run of a command, with its argument. */
  onRun: (name: CommandName, value: number) => void = () => {};
  readonly #exports: Exports;
  readonly #runs = COMMANDS.map(() => 0);
  #written: Buffer[] = [];
  #nowMs = 0;

  private constructor(module: object) {
    const write = (at: number, bytes: number): void => {
      this.#written.push(Buffer.from(Buffer.from(this.#exports.memory.buffer, at, bytes)));
    };
    const instance = new Instance(module, { env: { write } });
    this.#exports = instance.exports as Exports;
    this.reset();
  }

  static build(): () => WasmDevice {
    execFileSync("make", ["-s", "-C", FIRMWARE, "wasm"], { stdio: ["ignore", "ignore", "inherit"] });
    const module = new Module(readFileSync(join(FIRMWARE, "build/device.wasm")));
    return () => new WasmDevice(module);
  }

  get isConnected(): boolean {
    return this.#exports.device_connected() === 1;
  }

  get retransmits(): number {
    return this.#exports.device_retransmits();
  }

  /** The microcontroller is reset: its memory is as at the start. */
  reset(): void {
    if (this.#exports.device_init(TX_BYTES) !== 1) throw new Error("the device did not start");
    this.#written = [];
  }

  /** A reliable reading. @returns false if there is no room for it now */
  send(number: number): boolean {
    return this.#exports.device_send(number) === 1;
  }

  /** A reliable line of text, ASCII. @returns as {@link send} */
  log(text: string): boolean {
    this.#buffer().write(text, "latin1");
    return this.#exports.device_log(text.length, 1) === 1;
  }

  finish(key: number, ok: boolean): void {
    this.#exports.device_finish(key, ok ? 1 : 0);
  }

  poll(nowMs: number): Buffer {
    this.#nowMs = nowMs;
    this.#exports.device_poll(nowMs);
    this.#tellRuns();
    return this.#take();
  }

  /** Byte by byte, as a UART gives them: so no more than one command begins in a step. */
  receive(bytes: Uint8Array): Buffer {
    for (const byte of bytes) {
      this.#buffer()[0] = byte;
      this.#exports.device_receive(1);
      this.#tellRuns();
    }
    this.#exports.device_poll(this.#nowMs);
    this.#tellRuns();
    return this.#take();
  }

  #tellRuns(): void {
    for (const [command, name] of COMMANDS.entries()) {
      const runs = this.#exports.device_runs(command);
      const more = runs - (this.#runs[command] ?? 0);
      this.#runs[command] = runs;
      if (more > 1) throw new Error(`${more} runs at once: the last one's argument is all that is known`);
      if (more === 1) this.onRun(name, this.#exports.device_last(command));
    }
  }

  #buffer(): Buffer {
    return Buffer.from(this.#exports.memory.buffer, this.#exports.device_buffer(), 256);
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#written);
    this.#written = [];
    return bytes;
  }
}
