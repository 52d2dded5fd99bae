import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { DunlinError, messageOf } from "../base/index.ts";
import { RecordingFile } from "../serial/index.ts";
import { chooseDriver } from "./driver-choice.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { RecordingDecoder } from "./recording-decoder.ts";
import { terminal } from "./terminal.ts";

const SUFFIX = ".expected.jsonl";

/** Holds a driver against what was recorded of its device, and what was accepted as right before. */
export async function testDeviceCommand(
  driver: string,
  recordings: string[],
  { accept = false }: { readonly accept?: boolean },
): Promise<ExitCode> {
  let failed = 0;
  for (const path of recordings) {
    const found = await decoded(driver, path);
    const expected = `${path.replace(/\.rec$/, "")}${SUFFIX}`;
    if (accept) {
      write(expected, found);
      terminal.print(`accepted  ${path}: ${found.length - 1} readings, in ${expected}`);
      continue;
    }
    if (!existsSync(expected))
      throw new DunlinError(
        "usage",
        `there is no ${expected}: look at \`dunlin replay\`, then --accept what is right`,
      );
    const line = firstDifference(found, readFileSync(expected, "utf8").trimEnd().split("\n"));
    if (line === undefined) {
      terminal.print(`${terminal.paint("green", "right")}     ${path}`);
      continue;
    }
    failed++;
    terminal.print(
      `${terminal.paint("red", "wrong")}     ${path}: ${line.text}\n  at ${expected}:${line.number}`,
    );
  }
  return failed > 0 ? EXIT.failed : EXIT.ok;
}

/** A line for each reading, and one for what was discarded. */
async function decoded(driver: string, path: string): Promise<string[]> {
  const recording = await RecordingFile.open(path);
  try {
    const own = driver === recording.header.driver ? recording.header.settings : {};
    const decoder = new RecordingDecoder(await chooseDriver(driver, own));
    const lines: string[] = [];
    for await (const items of recording.items())
      for (const one of items.flatMap((item) => decoder.take(item)))
        if (one.kind === "reading") lines.push(JSON.stringify(one));
    return [...lines, JSON.stringify(decoder.summary)];
  } finally {
    await recording.close();
  }
}

function firstDifference(
  found: readonly string[],
  wanted: readonly string[],
): { readonly number: number; readonly text: string } | undefined {
  for (let at = 0; at < Math.max(found.length, wanted.length); at++)
    if (found[at] !== wanted[at])
      return {
        number: at + 1,
        text: `expected ${wanted[at] ?? "nothing more"}, found ${found[at] ?? "nothing more"}`,
      };
  return undefined;
}

function write(path: string, lines: readonly string[]): void {
  try {
    writeFileSync(path, `${lines.join("\n")}\n`);
  } catch (cause) {
    throw new DunlinError("state-unwritable", `cannot write ${path}: ${messageOf(cause)}`, { cause });
  }
}
