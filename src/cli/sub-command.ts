import { DunlinError } from "../base/index.ts";
import { connect, type Message, type MessageStream } from "../client/index.ts";
import { CSV_HEADER, csvRows, textLine, Units } from "./message-text.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { terminal } from "./terminal.ts";

interface SubCommandOptions {
  readonly address: string;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly count?: number;
  readonly timeout?: number;
}

/** How often an unbroken silence is looked at, ms. */
const SILENCE_CHECK_MS = 100;

export async function subCommand(topics: string[], options: SubCommandOptions): Promise<ExitCode> {
  if (options.json && options.csv) throw new DunlinError("usage", "--json and --csv exclude each other");
  const client = connect(options.address);
  const units = new Units();
  if (!options.json && !options.csv) void units.learn(client);
  const stream = client.subscribe(topics);
  process.once("SIGINT", () => stream.close());
  process.once("SIGTERM", () => stream.close());
  if (options.csv) terminal.print(CSV_HEADER);
  try {
    return await show(stream, options, units);
  } finally {
    client.close();
  }
}

async function show(stream: MessageStream, options: SubCommandOptions, units: Units): Promise<ExitCode> {
  let count = 0;
  let timedOut = false;
  let lastMs = Date.now();
  const watch = setInterval(() => {
    timedOut = options.timeout !== undefined && Date.now() - lastMs > options.timeout * 1_000;
    if (timedOut) stream.close();
  }, SILENCE_CHECK_MS);
  for await (const message of stream) {
    lastMs = Date.now();
    for (const line of lines(message, options, units)) terminal.print(line);
    if (++count === options.count) break;
  }
  clearInterval(watch);
  if (stream.missed > 0 || stream.dropped > 0)
    terminal.note(
      terminal.paintNote("yellow", `${stream.missed} readings were missed, ${stream.dropped} dropped here`),
    );
  if (timedOut) throw new DunlinError("timed-out", `no message for ${options.timeout} s`);
  return EXIT.ok;
}

function lines(message: Message, options: SubCommandOptions, units: Units): readonly string[] {
  if (options.json) return [JSON.stringify(message)];
  if (options.csv) return csvRows(message);
  return [textLine(message, units)];
}
