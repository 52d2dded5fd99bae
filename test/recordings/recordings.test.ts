import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { chooseDriver } from "../../src/cli/driver-choice.ts";
import { RecordingDecoder } from "../../src/cli/recording-decoder.ts";
import { RecordingFile } from "../../src/serial/index.ts";

/** Every recording here, through the driver that it names: README.md tells how one becomes a test. */
const recordings = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".rec"));
t.ok(recordings.length >= 3);

for (const file of recordings)
  t.test(file, async (t) => {
    const expected = readFileSync(
      join(import.meta.dirname, file.replace(/\.rec$/, ".expected.jsonl")),
      "utf8",
    );
    t.same(
      await replayed(join(import.meta.dirname, file)),
      expected
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    );
  });

/** As `dunlin replay --json` has it. */
async function replayed(path: string): Promise<unknown[]> {
  const recording = await RecordingFile.open(path);
  const { driver, settings } = recording.header;
  if (driver === undefined) throw new Error(`${path}: "driver" is missing in the header`);
  const decoder = new RecordingDecoder(await chooseDriver(driver, settings));
  const readings: unknown[] = [];
  for await (const items of recording.items())
    for (const item of items)
      readings.push(...decoder.take(item).filter((decoded) => decoded.kind === "reading"));
  await recording.close();
  return [...readings, decoder.summary];
}
