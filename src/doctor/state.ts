import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemCodeOf } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import { ok, problem, skipped, warning, type Finding } from "./finding.ts";

/** What a journal that was damaged is called now (journal/archive-file.ts). */
const DAMAGED = /^journal\.damaged-\d+$/;

/** What the agent has kept: whether it can be read, and whether some of it had to be put aside. */
export async function lookAtState({ stateDirectory }: Config): Promise<Finding[]> {
  if (!existsSync(stateDirectory)) return [];
  try {
    return [...epoch(stateDirectory), ...damaged(join(stateDirectory, "journal"))];
  } catch (cause) {
    const reason = systemCodeOf(cause) ?? String(cause);
    return [skipped("state", `${stateDirectory} cannot be looked at (${reason}): ask again with sudo`)];
  }
}

function epoch(stateDirectory: string): Finding[] {
  const path = join(stateDirectory, "epoch");
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "latin1").trim();
  if (/^\d{1,15}$/.test(text)) return [ok("epoch", text)];
  return [
    problem(
      "epoch",
      `${path} holds no number: the next start takes its epoch from the wall clock`,
      "see that the clock is right before the next start, and the disk: it loses what was written",
    ),
  ];
}

function damaged(folder: string): Finding[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => DAMAGED.test(name));
  if (files.length === 0) return [];
  const bytes = files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return [
    warning(
      "journal",
      `${files.join(", ")} (${(bytes / 1e6).toFixed(0)} MB): damaged, and put aside; readings that nobody had fetched are in it`,
      "see the disk and its power supply; delete it when you have no use for it",
    ),
  ];
}
