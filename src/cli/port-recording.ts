import { asDunlinError, type DunlinError } from "../base/index.ts";
import { formatPortAddress, type PortAddress } from "../message/index.ts";
import {
  Recorder,
  ReopeningPort,
  type PortOptions,
  type PortState,
  type RecordingHeader,
} from "../serial/index.ts";
import { terminal } from "./terminal.ts";

export interface RecordingPlan {
  readonly address: PortAddress;
  readonly port: Omit<PortOptions, "signal">;
  readonly file: string;
  readonly overwrite: boolean;
  /** Asked for when the port is open: the recording starts then. */
  readonly header: () => RecordingHeader;
  readonly maxMs?: number;
  readonly maxBytes?: number;
}

export interface RecordingSummary {
  readonly bytes: number;
  readonly elapsedMs: number;
  /** How often the port was lost. */
  readonly gaps: number;
}

/** What was flushed outlives kill -9: docs/recording.md promises a second. */
const FLUSH_MS = 500;

/**
 * A port on its way into a file. The file is made when the port is open, so that a wrong name leaves none, and a file that
 * is to be written over stays until there is something better.
 */
export class PortRecording {
  /** @throws DunlinError why the port could not be opened the first time; `usage`, `disk-full`, `disk-failed` of the file */
  readonly ended: Promise<RecordingSummary>;
  readonly #plan: RecordingPlan;
  readonly #port: ReopeningPort;
  readonly #end = Promise.withResolvers<void>();
  #recorder: Recorder | undefined;
  #gaps = 0;
  #flush: NodeJS.Timeout | undefined;
  #limit: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(plan: RecordingPlan) {
    this.#plan = plan;
    this.#port = ReopeningPort.open(plan.address, {
      ...plan.port,
      onChunk: (chunk) => this.#attempt(() => this.#chunk(chunk)),
      onState: (state) => this.#attempt(() => this.#state(state)),
    });
    this.ended = this.#run();
  }

  end(): void {
    this.#isOver = true;
    this.#end.resolve();
  }

  async #run(): Promise<RecordingSummary> {
    try {
      await this.#end.promise;
      const elapsedMs = this.#recorder?.elapsedMs ?? 0;
      return { bytes: this.#recorder?.bytes ?? 0, elapsedMs, gaps: this.#gaps };
    } finally {
      clearInterval(this.#flush);
      clearTimeout(this.#limit);
      await this.#port.close();
      showProgress("");
      this.#recorder?.close();
    }
  }

  #chunk(chunk: Uint8Array): void {
    const recorder = this.#recorder;
    if (!recorder) return;
    const { maxBytes = Infinity } = this.#plan;
    recorder.chunk(chunk.subarray(0, maxBytes - recorder.bytes));
    if (recorder.bytes >= maxBytes) this.end();
  }

  #state(state: PortState): void {
    if (state.kind === "open") this.#opened();
    else if (state.kind === "lost") this.#lost(state.error);
    // A port that was open once is waited for; one that never was is a mistake.
    else if (state.kind === "waiting" && !this.#recorder) throw state.error;
  }

  #opened(): void {
    if (this.#recorder) {
      this.#recorder.gap("open again");
      note("open again");
      return;
    }
    const { file, header, overwrite, maxMs, address } = this.#plan;
    this.#recorder = Recorder.create(file, header(), { overwrite });
    this.#flush = setInterval(() => this.#attempt(() => this.#tick()), FLUSH_MS);
    if (maxMs !== undefined) this.#limit = setTimeout(() => this.end(), maxMs);
    note(`recording ${formatPortAddress(address)} into ${file}; Ctrl-C ends it`);
  }

  #lost({ message }: DunlinError): void {
    this.#gaps++;
    this.#recorder?.gap(message);
    note(terminal.paintNote("yellow", `${message}; waiting for it`));
  }

  #tick(): void {
    this.#recorder?.flush();
    const { bytes = 0, elapsedMs = 0 } = this.#recorder ?? {};
    showProgress(`${bytes} bytes, ${Math.floor(elapsedMs / 1_000)} s`);
  }

  /** The port's callbacks must not throw: the recording ends with what they would. */
  #attempt(act: () => void): void {
    if (this.#isOver) return;
    try {
      act();
    } catch (thrown) {
      this.#isOver = true;
      this.#end.reject(asDunlinError(thrown));
    }
  }
}

function note(text: string): void {
  showProgress("");
  terminal.note(text);
}

/** One line that changes, where a person looks: back to its beginning, clear it (ECMA-48, EL). */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
