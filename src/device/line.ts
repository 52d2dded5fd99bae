import type { DunlinError } from "../base/index.ts";

/** The device's line, whatever it is made of. */
export interface Line {
  /** @throws DunlinError if the bytes cannot be written */
  write(bytes: Uint8Array): Promise<void>;
  /** Asks for a turn on a line that is shared; a line that is one device's alone has none. */
  exchange?(exchange: Exchange): void;
  /** The turn is over: what was waited for has come. */
  release?(): void;
  close(): Promise<void>;
}

/** One request and the time for its answer, during which the line is one device's. */
export interface Exchange {
  readonly bytes: Uint8Array;
  /** How long the turn lasts if it is not released before, ms. */
  readonly limitMs: number;
  /** Silence on the line after the turn, ms. */
  readonly gapMs: number;
  /** Before all that waits: somebody's command. */
  readonly urgent: boolean;
  /** The turn ended by its limit. */
  onEnd(): void;
}

/** What the line tells. */
export interface LineHandlers {
  /** The chunk is only valid during the call. */
  onChunk(chunk: Uint8Array): void;
  onOpen(): void;
  onDown(error: DunlinError): unknown;
}
