import { capturesOf, type Expected } from "../../devices/captures.ts";
import type { Exchange } from "../../support/recorded-peer.ts";

/** A device that answers: what it is asked and has answered in a recording, and what the recording says that it means. */
export interface PolledRecording {
  readonly driver: string;
  readonly settings?: object;
  /** A description of the driver, if none that is shipped has just these registers. */
  readonly description?: object;
  readonly exchanges: readonly Exchange[];
  /** The recording's own values; each is in one of the readings. */
  readonly values: readonly unknown[];
  /** What asks, if the driver does not by itself. */
  readonly command?: string;
  /** Those of the same bus are on one port. */
  readonly bus?: string;
  /** Before each answer, where it is not the usual. */
  readonly noise?: Buffer;
}

interface Command {
  readonly name: string;
  readonly hex: string;
}
interface Frame {
  readonly hex: string;
  readonly registers?: readonly number[];
  readonly values?: readonly number[];
  readonly fields?: Readonly<Record<string, unknown>>;
}

export const hex = (text: string): Buffer => Buffer.from(text, "hex");

/** Another set of recordings need not have it. */
export class NoRecording extends Error {}

export class Recording {
  readonly bytes: Buffer;
  readonly expected: Expected;

  constructor(protocol: string, name: string) {
    const found = capturesOf(protocol).find((one) => one.name === name);
    if (!found) throw new NoRecording(`${protocol} has no recording ${name}`);
    this.bytes = found.bytes;
    this.expected = found.expected;
  }

  get frames(): readonly Frame[] {
    return (this.expected["frames"] ?? []) as readonly Frame[];
  }

  /** What the frame means, by its name in the recording. */
  field(name: string, frame = 0): unknown {
    return this.frames[frame]?.fields?.[name];
  }

  /** A published request by its name. */
  command(name: string): Buffer {
    const commands = this.expected["commands"] as readonly Command[];
    return hex(commands.find((one) => one.name === name)?.hex ?? "");
  }

  /** The first request, and the answer after it. */
  get exchange(): Exchange {
    const [ask, answer] = this.frames;
    return { ask: hex(ask?.hex ?? ""), answer: hex(answer?.hex ?? "") };
  }
}
