import { chmodSync, globSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The one for programs with threads, of Debian's package libfaketime. */
const [LIBRARY] = globSync("/usr/lib/*/faketime/libfaketimeMT.so.1");

/** Why no clock can be set for some processes only; false if it can. */
export const noHostClock: string | false = LIBRARY === undefined ? "libfaketime is not installed" : false;

/** The wall clock and timedatectl of a host of its own: for every process that is started with `env`. */
export class HostClock {
  readonly env: Readonly<Record<string, string>>;
  readonly #offset: string;
  readonly #answer: string;

  /** @param folder an empty one */
  constructor(folder: string) {
    this.#offset = join(folder, "offset");
    this.#answer = join(folder, "answer");
    const timedatectl = join(folder, "timedatectl");
    writeFileSync(timedatectl, `#!/bin/sh\ncat ${this.#answer}\n`);
    chmodSync(timedatectl, 0o755);
    this.set(0);
    this.say("no");
    this.env = {
      PATH: `${folder}:${process.env["PATH"]}`,
      LD_PRELOAD: LIBRARY ?? "",
      FAKETIME_TIMESTAMP_FILE: this.#offset,
      // Looked at with each question for the time, else it would be ten seconds old.
      FAKETIME_NO_CACHE: "1",
      // Nobody sets the monotonic clock of a real host either. The name without a prefix is that of older versions.
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
      NO_FAKE_STAT: "1",
    };
  }

  /** Sets the wall clock. @param seconds from the right time */
  set(seconds: number): void {
    replace(this.#offset, `${seconds < 0 ? "" : "+"}${seconds}\n`);
  }

  /** What timedatectl answers when it is asked whether the clock is synchronised. */
  say(synchronised: "yes" | "no"): void {
    replace(this.#answer, `${synchronised}\n`);
  }
}

/** Whoever reads it meanwhile reads the old or the new. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
