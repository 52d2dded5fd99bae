import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DunlinError, messageOf } from "../base/index.ts";
import { checkName } from "../message/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { terminal } from "./terminal.ts";

/** A beginning for each kind, which is a driver as it stands: docs/describing-devices.md tells the rest. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  text: `kind: text
title: What it is, for people
line: { baudRate: 9600 }
# Longer than any pause between two lines.
silenceMs: 10000
separator: ","
# What a line begins with; others are passed over.
prefix: ""
metrics:
  first: { field: 0, unit: "", description: What it measures }
  second: { field: 1, scale: 0.1 }
# poll: { send: "R\\n", everyMs: 10000 }
# checksum: { name: xor8, mark: "*" }
commands: {}
`,
  frames: `kind: frames
title: What it is, for people
line: { baudRate: 9600 }
silenceMs: 10000
sync: "AA 55"
# The whole frame; or where its length is: { at: 2, plus: 4 }
length: 8
order: big
checksum: { name: sum8, at: -1 }
metrics:
  first: { at: 2, type: uint16, scale: 0.1, unit: "", description: What it measures }
  second: { at: 4, type: int16 }
# poll: { send: "AA 55 01", everyMs: 10000 }
commands: {}
`,
  modbus: `kind: modbus
title: What it is, for people
line: { baudRate: 9600 }
unit: 1
# input or holding
table: input
metrics:
  first: { register: 0x0000, type: uint16, scale: 0.1, unit: "", description: What it measures }
  second: { register: 0x0001, type: int16 }
commands:
  setpoint: { description: What it does, register: 0x0100, minimum: 0, maximum: 100 }
`,
};

export const KIND_NAMES = Object.keys(BEGINNINGS);

/** Writes the beginning of a description, and an expectation for what was recorded of the device. */
export async function newDeviceCommand(
  name: string,
  {
    kind,
    folder,
    force = false,
  }: { readonly kind: string; readonly folder: string; readonly force?: boolean },
): Promise<ExitCode> {
  checkName(name, "the driver's name");
  const file = join(folder, `${name}.yaml`);
  if (existsSync(file) && !force)
    throw new DunlinError("usage", `${file} is there already: take another name, or --force`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, BEGINNINGS[kind] ?? "");
  } catch (cause) {
    throw new DunlinError("state-unwritable", `cannot write ${file}: ${messageOf(cause)}`, { cause });
  }
  terminal.print(file);
  terminal.note(`Next:
  dunlin record <port> ${name}.rec --baud 9600
  dunlin replay ${name}.rec --driver ${file}
  dunlin device test ${file} ${name}.rec --accept    once it is right; without --accept it is compared from then on`);
  return EXIT.ok;
}
