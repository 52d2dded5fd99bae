import { readdirSync, readFileSync } from "node:fs";
import type { Config } from "../config/index.ts";
import { parsePortAddress } from "../message/index.ts";
import { ok, warning, type Finding } from "./finding.ts";

/** Programs that open serial ports unasked, and how to keep them off. */
const MEDDLERS: Readonly<Record<string, string>> = {
  ModemManager:
    'it sends AT commands to ports that it takes for modems: sudo systemctl disable --now ModemManager, or a udev rule with ENV{ID_MM_DEVICE_IGNORE}="1"',
  brltty: "it takes adapters with the CH340 and CP210x for Braille displays: sudo apt remove brltty",
};

/** Longest name that the kernel keeps of a process (proc(5), comm). */
const COMM_CHARS = 15;

export async function lookAtMeddlers({ devices }: Config, proc = "/proc"): Promise<Finding[]> {
  if (!devices.some(({ port }) => parsePortAddress(port).kind === "tty")) return [];
  const running = new Set(namesIn(proc));
  const found = Object.entries(MEDDLERS).filter(([name]) => running.has(name.slice(0, COMM_CHARS)));
  if (found.length === 0) return [ok("other programs", "none that opens serial ports unasked")];
  return found.map(([name, remedy]) => warning("other programs", `${name} is running`, remedy));
}

function namesIn(proc: string): string[] {
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`${proc}/${pid}/comm`, "utf8").trim();
      } catch {
        return "";
      }
    });
}
