import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Firmware } from "./avr-firmware.ts";
import type { PortName } from "./avr-mcu.ts";

const PROCESS = join(import.meta.dirname, "avr-board-process.ts");

export interface BoardStatus {
  readonly deepestStackBytes: number;
  /** Simulated time as a share of the time since the start. */
  readonly realTimeShare: number;
  /** By this much the board has fallen behind, as the machine had no time for it. */
  readonly lostMs: number;
}

/** What a board does when it is told. */
export interface BoardCalls {
  status(): BoardStatus;
  /** As by the reset button. */
  reset(): void;
  /** Resets it as soon as so many bytes have gone out behind a zero: in the middle of a frame. Resolves when it has been. */
  resetInFrame(afterBytes: number): Promise<void>;
  setAnalog(channel: number, volts: number): void;
  setPin(port: PortName, bit: number, isHigh: boolean): void;
  isHigh(port: PortName, bit: number): boolean;
  readMemory(address: number, bytes: number): readonly number[];
}

export interface BoardRequest {
  readonly id: number;
  readonly method: keyof BoardCalls;
  readonly args: readonly unknown[];
}

type Answer<M extends keyof BoardCalls> = Awaited<ReturnType<BoardCalls[M]>>;

/**
 * An Arduino Uno on a port, with real firmware in it: the program of an Intel HEX file, simulated instruction by
 * instruction in a process of its own, its UART on a pty, at the pace of the line.
 *
 *   const board = await AvrBoard.start(await buildFirmware("firmware-bridge/examples/weather-station"));
 *   t.teardown(() => board.close());
 *   await board.call("setAnalog", 0, 1.2);
 *   … port: ${board.path} …
 */
export class AvrBoard {
  /** What the agent opens. */
  readonly path: string;
  readonly #firmware: Firmware;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (result: never) => void>();
  #lastId = 0;

  private constructor(child: ChildProcess, firmware: Firmware, path: string) {
    this.#child = child;
    this.#firmware = firmware;
    this.path = path;
    child.on("message", ({ id, result }: { id: number; result: never }) => {
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  static async start(firmware: Firmware): Promise<AvrBoard> {
    const child = fork(PROCESS, [firmware.hexFile, "ttyACM0"]);
    const [{ path }] = (await once(child, "message")) as [{ path: string }];
    return new AvrBoard(child, firmware, path);
  }

  call<M extends keyof BoardCalls>(method: M, ...args: Parameters<BoardCalls[M]>): Promise<Answer<M>> {
    const id = ++this.#lastId;
    const request: BoardRequest = { id, method, args };
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.send(request);
    });
  }

  /** The bytes of a variable of the firmware's. */
  async read(variable: string): Promise<Buffer> {
    const { address, bytes } = this.#firmware.variable(variable);
    return Buffer.from(await this.call("readMemory", address, bytes));
  }

  /** It ends, and takes its pty away, when nobody is connected to it. */
  async close(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.disconnect();
    await gone;
  }
}
