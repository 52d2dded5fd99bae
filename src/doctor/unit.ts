import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { ok, problem, warning, type Finding } from "./finding.ts";

const PROPERTIES = ["LoadState", "ActiveState", "SubState", "Result", "NRestarts", "UnitFileState"] as const;
type Unit = Readonly<Record<(typeof PROPERTIES)[number], string>>;

/** Starts since the last one by hand that are more than luck. */
const MANY_RESTARTS = 5;
const LIMIT_MS = 5_000;

/** There if systemd runs this host (sd_booted(3)). */
const BOOTED = "/run/systemd/system";

/** What systemd says of the service, where there is both. @param name undefined: none runs this agent */
export async function lookAtUnit(name: string | undefined, booted = BOOTED): Promise<Finding[]> {
  if (name === undefined || !existsSync(booted)) return [];
  const args = ["show", `${name}.service`, `--property=${PROPERTIES.join(",")}`];
  try {
    const { stdout } = await promisify(execFile)("systemctl", args, { timeout: LIMIT_MS });
    return ofUnit(name, unitIn(stdout));
  } catch {
    return [];
  }
}

/** @returns nothing if there is no such unit: an agent can be run without */
export function ofUnit(name: string, unit: Unit): Finding[] {
  if (unit.LoadState !== "loaded") return [];
  const subject = "service";
  const log = `journalctl -u ${name} -n 50 says why`;
  const start = `sudo systemctl restart ${name}`;
  if (unit.Result === "start-limit-hit")
    return [
      problem(
        subject,
        `${name} was given up after too many starts`,
        `${log}; then sudo systemctl reset-failed ${name}; ${start}`,
      ),
    ];
  if (unit.ActiveState === "failed")
    return [problem(subject, `${name} has failed (${unit.Result})`, `${log}; then ${start}`)];
  if (unit.ActiveState !== "active")
    return [problem(subject, `${name} is ${unit.ActiveState} (${unit.SubState})`, `${start}; ${log}`)];
  const restarts = Number(unit.NRestarts);
  return [
    restarts >= MANY_RESTARTS
      ? warning(subject, `${name} was started again ${restarts} times by itself`, log)
      : ok(subject, `${name} is active`),
    ...(unit.UnitFileState === "disabled"
      ? [warning(subject, `${name} does not start with the host`, `sudo systemctl enable ${name}`)]
      : []),
  ];
}

export function unitIn(text: string): Unit {
  const pairs = text
    .split("\n")
    .map((line) => [line.replace(/=.*/, ""), line.replace(/^[^=]*=/, "")] as const);
  const values = new Map<string, string>(pairs);
  return Object.fromEntries(PROPERTIES.map((name) => [name, values.get(name) ?? ""])) as Unit;
}
