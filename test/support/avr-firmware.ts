import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./program.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Where the linker puts the data memory: avr-ld, "-Tdata". */
const DATA_MEMORY = 0x80_0000;

export interface Firmware {
  readonly hexFile: string;
  /** What it takes of the flash, and of the RAM before anything is on the stack. */
  readonly flashBytes: number;
  readonly ramBytes: number;
  /** Where a global variable is. @throws if there is none of that name */
  variable(name: string): { readonly address: number; readonly bytes: number };
}

/** Builds a sketch with avr-gcc, or takes what has been built of the same sources. @param sketch from the root of the project on */
export async function buildFirmware(sketch: string): Promise<Firmware> {
  const { code, out, err } = await run(join(ROOT, "scripts/firmware"), [join(ROOT, sketch)]);
  if (code !== 0) throw new Error(`${sketch} does not build: ${err}`);
  const folder = join(ROOT, out.trim());
  const [, text = NaN, data = NaN, bss = NaN] =
    /^ *(\d+)\s+(\d+)\s+(\d+)/m.exec(readFileSync(join(folder, "firmware.size"), "utf8"))?.map(Number) ?? [];
  const symbols = (await run("avr-nm", ["-S", join(folder, "firmware.elf")])).out;
  return {
    hexFile: join(folder, "firmware.hex"),
    flashBytes: text + data,
    ramBytes: data + bss,
    variable: (name) => {
      const [, address, bytes] = new RegExp(`^(\\w+) (\\w+) [bBdD] ${name}$`, "m").exec(symbols) ?? [];
      if (address === undefined || bytes === undefined) throw new Error(`${sketch} has no variable ${name}`);
      return { address: parseInt(address, 16) - DATA_MEMORY, bytes: parseInt(bytes, 16) };
    },
  };
}
