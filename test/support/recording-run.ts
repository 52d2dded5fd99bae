import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";
import { type RecordedItem, RecordingParser } from "../../src/serial/index.ts";
import { RunningCli } from "./cli.ts";

/** A running `dunlin record` into a file of its own. */
export class RecordingRun {
  readonly file: string;
  readonly cli: RunningCli;

  private constructor(file: string, cli: RunningCli) {
    this.file = file;
    this.cli = cli;
  }

  /** The port is open when this resolves: what is written to it from now on is recorded. */
  static async start(t: Test, port: string, ...options: readonly string[]): Promise<RecordingRun> {
    const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
    const file = join(folder, "a.rec");
    const run = new RecordingRun(file, new RunningCli(["record", port, file, ...options]));
    t.teardown(async () => {
      await run.cli.stop("SIGKILL");
      rmSync(folder, { recursive: true });
    });
    await run.until("the port to open", () => run.cli.stderr.includes("Ctrl-C ends it"));
    return run;
  }

  /** What is in the file now. @throws if it is not whole */
  items(): RecordedItem[] {
    const parser = new RecordingParser(this.file);
    const items = existsSync(this.file) ? parser.push(readFileSync(this.file)) : [];
    parser.end();
    return items;
  }

  /** Every byte of the device that is in the file now. */
  bytes(): Buffer {
    return Buffer.concat(this.items().map((item) => (item.kind === "chunk" ? item.bytes : Buffer.of())));
  }

  gaps(): string[] {
    return this.items().flatMap((item) => (item.kind === "gap" ? [item.text] : []));
  }

  /** The limit is only a guard against hanging. */
  async until(what: string, fits: () => boolean, limitMs = 30_000): Promise<void> {
    const guard = AbortSignal.timeout(limitMs);
    while (!fits()) {
      if (guard.aborted || this.cli.child.exitCode !== null)
        throw new Error(`waited in vain for ${what}: ${this.cli.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
