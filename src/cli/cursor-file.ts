import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { DunlinError, lockName, messageOf, systemCodeOf } from "../base/index.ts";
import { checkName, isCursor, type Cursor } from "../message/index.ts";

/** The output file as it was when the cursors were saved. */
export interface OutputMark {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
}

/** What a cursor file says. */
export interface Place {
  /** By stream (`<agent>/<device>`): the last reading that was written out. None if no agent was heard of yet. */
  readonly cursors: ReadonlyMap<string, Cursor>;
  /** Absent if the output was no file. */
  readonly output?: OutputMark;
  /** Where the first run was told to begin, for streams of which nothing was written yet: a time is µs since 1970. */
  readonly from?: "start" | number;
}

/** Where a named subscription is, kept across runs: `$XDG_STATE_HOME/dunlin/cursors/<name>.json`. One run at a time may have it. */
export class CursorFile {
  readonly path: string;
  /** Where the last run was; absent if there was none. */
  readonly place: Place | undefined;
  readonly #unlock: () => void;

  private constructor(path: string, place: Place | undefined, unlock: () => void) {
    this.path = path;
    this.place = place;
    this.#unlock = unlock;
  }

  /**
   * @throws DunlinError `arguments-invalid` for a bad name, `usage` for one in use, `config-unreadable` for a damaged file,
   * `state-unwritable`
   */
  static async open(name: string, environment = process.env): Promise<CursorFile> {
    const path = join(stateHome(environment), "dunlin/cursors", `${checkName(name, "--durable")}.json`);
    const unlock = await lockName(path);
    if (!unlock) throw new DunlinError("usage", `another \`dunlin sub --durable ${name}\` is running`);
    try {
      write(path, () => mkdirSync(dirname(path), { recursive: true, mode: 0o700 }));
      return new CursorFile(path, readPlace(path), unlock);
    } catch (cause) {
      unlock();
      throw cause;
    }
  }

  /** Replaces the file whole, so that a crash leaves the old or the new one. @throws DunlinError `state-unwritable` */
  save({ cursors, output, from }: Place): void {
    const text = `${JSON.stringify({ cursors: Object.fromEntries(cursors), output, from })}\n`;
    write(this.path, () => {
      writeFileSync(`${this.path}.new`, text, { mode: 0o600, flush: true });
      renameSync(`${this.path}.new`, this.path);
    });
  }

  close(): void {
    this.#unlock();
  }
}

/** The XDG base directory specification: a path that is not absolute is to be ignored. */
function stateHome(environment: NodeJS.ProcessEnv): string {
  const home = environment["XDG_STATE_HOME"] ?? "";
  return isAbsolute(home) ? home : join(homedir(), ".local/state");
}

function write(path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const message = `cannot keep the cursor in ${path}: ${messageOf(cause)}`;
    throw new DunlinError("state-unwritable", message, { cause, context: { path } });
  }
}

function readPlace(path: string): Place | undefined {
  try {
    return placeOf(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw new DunlinError(
      "config-unreadable",
      `the cursor file ${path} is damaged (${messageOf(cause)}): delete it to begin anew`,
      { cause, context: { path } },
    );
  }
}

function placeOf(raw: unknown): Place {
  if (!isObject(raw) || !isObject(raw["cursors"])) throw new Error("no cursors");
  const cursors = new Map<string, Cursor>();
  for (const [stream, cursor] of Object.entries(raw["cursors"])) {
    if (!isCursor(cursor)) throw new Error(`no cursor of ${stream}`);
    cursors.set(stream, cursor);
  }
  const { output, from } = raw;
  if (from !== undefined && !isPlace(from)) throw new Error("no place to begin");
  const place: Place = { cursors, ...(from !== undefined && { from }) };
  if (output === undefined) return place;
  if (!isObject(output) || typeof output["path"] !== "string" || !isLength(output["bytes"]))
    throw new Error("no length of the output");
  return { ...place, output: { path: output["path"], bytes: output["bytes"] } };
}

function isObject(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === "object" && raw !== null;
}

function isPlace(raw: unknown): raw is "start" | number {
  return raw === "start" || isLength(raw);
}

function isLength(raw: unknown): raw is number {
  return Number.isSafeInteger(raw) && (raw as number) >= 0;
}
