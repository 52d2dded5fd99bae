import { stripVTControlCharacters } from "node:util";
import { asDunlinError, DunlinError } from "../base/index.ts";
import { handshakeFails } from "../bus/index.ts";
import { type Client, type DurableStart, type LostMessage, type Message } from "../client/index.ts";
import { CursorFile, type Place } from "./cursor-file.ts";
import { openClient, type ClientOptions } from "./client-options.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { LineWriter } from "./line-writer.ts";
import { CSV_HEADER, csvRows, lostText, textLine, Units } from "./message-text.ts";
import { openOutput, type Output } from "./output.ts";
import { parseStart } from "./start-point.ts";
import { terminal } from "./terminal.ts";

interface SubCommandOptions extends ClientOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly count?: number;
  readonly timeout?: number;
  readonly from?: string;
  readonly durable?: string;
  readonly output?: string;
  readonly strict?: boolean;
  readonly untilCaughtUp?: boolean;
}

/** How often an unbroken silence is looked at, ms. */
const SILENCE_CHECK_MS = 100;

export async function subCommand(topics: string[], options: SubCommandOptions): Promise<ExitCode> {
  if (options.json && options.csv) throw new DunlinError("usage", "--json and --csv exclude each other");
  const start = options.from === undefined ? undefined : parseStart(options.from, topics);
  const client = openClient(options);
  const units = new Units();
  if (!options.json && !options.csv) void units.learn(client);
  try {
    const isExact =
      start !== undefined || options.durable !== undefined || options.untilCaughtUp || options.strict;
    return isExact
      ? await showExactly(client, topics, start, options, units)
      : await showLive(client, topics, options, units);
  } finally {
    client.close();
  }
}

/** What comes from now on, as PUB/SUB has it: what is missed is counted. */
async function showLive(
  client: Client,
  topics: readonly string[],
  options: SubCommandOptions,
  units: Units,
): Promise<ExitCode> {
  const output = openOutput(options.output, undefined);
  const stream = client.subscribe(topics, { onRefused: warnOfRefusal() });
  const watch = new Watch(options.timeout, () => stream.close());
  if (options.csv && output.isNew) await output.write(`${CSV_HEADER}\n`);
  let count = 0;
  for await (const message of stream) {
    watch.heard();
    await write(output, lines(message, options, units));
    if (++count === options.count) break;
  }
  output.close();
  if (stream.missed > 0 || stream.dropped > 0)
    warn(`${stream.missed} readings were missed, ${stream.dropped} dropped here`);
  watch.end();
  return EXIT.ok;
}

/** Every reading that the journal has, once, in order; and what is gone for good. */
async function showExactly(
  client: Client,
  topics: readonly string[],
  start: DurableStart,
  options: SubCommandOptions,
  units: Units,
): Promise<ExitCode> {
  const file = options.durable === undefined ? undefined : await CursorFile.open(options.durable);
  const place = file?.place;
  const isResumed = place !== undefined && place.cursors.size > 0;
  // A run that got no further than its beginning has no cursors: the next one begins in the same place.
  const begin = startOf(place) ?? start;
  const from = isResumed ? place.cursors : begin;
  const output = openOutput(options.output, place?.output);
  const stream = client.subscribeDurable(topics, {
    ...(from === undefined ? {} : { from }),
    ...(options.untilCaughtUp ? { untilCaughtUp: true } : {}),
    onRefused: warnOfRefusal(),
  });
  const watch = new Watch(options.timeout, () => stream.close());
  const writer = new LineWriter(output, stream, file, begin);
  // Before the first line, so that what a killed run wrote can be told from what was there.
  if (!isResumed) writer.save();
  if (options.csv && output.isNew && !(isResumed && options.output === undefined)) writer.add([CSV_HEADER]);
  let left = options.count ?? Infinity;
  try {
    await writer.flush();
    for await (const message of stream) {
      watch.heard();
      if (message.kind === "lost") warn(lostText(message));
      writer.add(lines(message, options, units));
      if (--left === 0) break;
      if (stream.queued === 0 || writer.isFull) await writer.flush();
    }
    await writer.flush();
  } catch (cause) {
    throw file ? withFile(cause, file.path) : cause;
  } finally {
    writer.save();
    output.close();
    file?.close();
  }
  watch.end();
  return options.strict && stream.lost > 0 ? EXIT.lost : EXIT.ok;
}

function startOf(place: Place | undefined): DurableStart {
  return typeof place?.from === "number" ? { timeUs: place.from } : place?.from;
}

/** A cursor that cannot be used was in this file. */
function withFile(cause: unknown, path: string): DunlinError {
  const { code, message, context } = asDunlinError(cause);
  if (code !== "arguments-invalid") return asDunlinError(cause);
  return new DunlinError(code, `${message} (the cursor is in ${path}: delete it to begin anew)`, {
    cause,
    context,
  });
}

/** Ends a subscription by a signal, or when nothing has come for too long. */
class Watch {
  readonly #seconds: number | undefined;
  readonly #timer: NodeJS.Timeout;
  #heardMs = performance.now();
  #timedOut = false;

  constructor(seconds: number | undefined, close: () => void) {
    this.#seconds = seconds;
    process.once("SIGINT", close);
    process.once("SIGTERM", close);
    this.#timer = setInterval(() => {
      this.#timedOut = seconds !== undefined && performance.now() - this.#heardMs > seconds * 1_000;
      if (this.#timedOut) close();
    }, SILENCE_CHECK_MS);
  }

  heard(): void {
    this.#heardMs = performance.now();
  }

  /** @throws DunlinError `timed-out` if that was why it ended */
  end(): void {
    clearInterval(this.#timer);
    if (this.#timedOut) throw new DunlinError("timed-out", `no message for ${this.#seconds} s`);
  }
}

function lines(message: Message | LostMessage, options: SubCommandOptions, units: Units): readonly string[] {
  if (options.json) return [JSON.stringify(message)];
  if (message.kind === "lost") return [];
  if (options.csv) return csvRows(message);
  const line = textLine(message, units);
  // Colours are for the terminal that standard output may be.
  return [options.output === undefined ? line : stripVTControlCharacters(line)];
}

async function write(output: Output, some: readonly string[]): Promise<void> {
  if (some.length > 0) await output.write(`${some.join("\n")}\n`);
}

/** Once: it is tried again every few seconds. */
function warnOfRefusal(): () => void {
  let told = false;
  return () => {
    if (!told) warn(handshakeFails("does it know this key"));
    told = true;
  };
}

function warn(text: string): void {
  terminal.note(terminal.paintNote("yellow", text));
}
