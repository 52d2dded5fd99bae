import { DunlinError } from "../base/index.ts";
import { unitText } from "../message/index.ts";
import { RecordingFile, type RecordingHeader } from "../serial/index.ts";
import { chooseDriver, parseSettings, type DriverChoice } from "./driver-choice.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { valuesText } from "./message-text.ts";
import { openOutput } from "./output.ts";
import { RecordingDecoder, type Decoded, type DecodedSummary } from "./recording-decoder.ts";
import { terminal } from "./terminal.ts";

interface ReplayCommandOptions {
  readonly driver?: string;
  readonly set: readonly string[];
  readonly json?: boolean;
}

const NOTHING_HINT = "is it the right driver, and was the line set as the device's?";

export async function replayCommand(path: string, options: ReplayCommandOptions): Promise<ExitCode> {
  const recording = await RecordingFile.open(path);
  try {
    const choice = await driverOf(recording, options);
    const decoder = new RecordingDecoder(choice);
    const output = openOutput(undefined, undefined);
    // By pieces of the file: a write a reading would be the most of the work.
    for await (const items of recording.items()) {
      const lines = items
        .flatMap((item) => decoder.take(item))
        .flatMap((one) => lineOf(one, decoder, options));
      if (lines.length > 0) await output.write(`${lines.join("\n")}\n`);
    }
    const { summary } = decoder;
    if (options.json) await output.write(`${JSON.stringify(summary)}\n`);
    else terminal.note(summaryText(summary));
    if (summary.readings > 0) return EXIT.ok;
    if (!options.json) terminal.note(`${choice.driver.name} makes no reading of it: ${NOTHING_HINT}`);
    return EXIT.failed;
  } finally {
    await recording.close();
  }
}

/** The recording's settings are for its own driver only. */
async function driverOf(
  { path, header }: { readonly path: string; readonly header: RecordingHeader },
  { driver = header.driver, set }: ReplayCommandOptions,
): Promise<DriverChoice> {
  if (driver === undefined)
    throw new DunlinError("usage", `${path} does not say for which driver it is: say it with --driver`);
  const own = driver === header.driver ? header.settings : {};
  return chooseDriver(driver, { ...own, ...parseSettings(set) });
}

/** What a device said to people is for people only. */
function lineOf(decoded: Decoded, { metrics }: RecordingDecoder, { json }: ReplayCommandOptions): string[] {
  if (json) return decoded.kind === "reading" ? [JSON.stringify(decoded)] : [];
  const time = terminal.paint("dim", `${(decoded.ms / 1_000).toFixed(3)} s`.padStart(12));
  const text =
    decoded.kind === "log"
      ? terminal.paint("dim", `# ${decoded.text.replaceAll(/\p{Cc}/gu, " ")}`)
      : valuesText(decoded.values, (name) => unitText(metrics[name]?.unit));
  return [`${time}  ${text}`];
}

function summaryText({ readings, bytes, ms, discarded }: DecodedSummary): string {
  const total = `${readings} reading${readings === 1 ? "" : "s"} of ${bytes} bytes in ${ms / 1_000} s`;
  const reasons = Object.entries(discarded).map(
    ([reason, { count, bytes: lost }]) => `${count} ${reason} (${lost} bytes)`,
  );
  return `${total}; discarded: ${reasons.join(", ") || "nothing"}`;
}
