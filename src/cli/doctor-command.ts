import { existsSync } from "node:fs";
import { formatFault } from "../config/index.ts";
import { examine, type Finding } from "../doctor/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { DEFAULT_CONFIG } from "./config-paths.ts";
import { loadAgentConfig } from "./load-agent-config.ts";
import { terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** The exit code is that of a failure if there is a problem. */
export async function doctorCommand({ config, json = false }: DoctorOptions): Promise<ExitCode> {
  const findings = await all(config);
  for (const finding of findings) {
    if (json) terminal.print(JSON.stringify(finding));
    else terminal.print(textOf(finding));
  }
  const problems = findings.filter(({ severity }) => severity === "problem").length;
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  if (!json) terminal.note(`${counted(problems, "problem")}, ${counted(warnings, "warning")}`);
  return problems > 0 ? EXIT.failed : EXIT.ok;
}

async function all(path: string | undefined): Promise<Finding[]> {
  const file = path ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  if (file === undefined)
    return [
      {
        subject: "configuration",
        severity: "problem",
        found: `there is no ${DEFAULT_CONFIG}`,
        remedy: "name one with -c, or begin with: dunlin agent --sim",
      },
    ];
  // The service's folder is where its unit says, and this is not run by systemd.
  if (file === DEFAULT_CONFIG) process.env["STATE_DIRECTORY"] ??= "/var/lib/dunlin";
  // That keys are wanted and missing is for the look at the keys to say.
  const loaded = await loadAgentConfig(file, undefined, () => true);
  if (!loaded.ok)
    return loaded.faults.map((fault) => ({
      subject: "configuration",
      severity: "problem",
      found: formatFault(fault),
      remedy: "put it right; dunlin check looks again",
    }));
  const right: Finding = { subject: "configuration", severity: "ok", found: `${file} is right` };
  const service = file === DEFAULT_CONFIG ? { service: "dunlin" } : {};
  return [right, ...(await examine({ config: loaded.config, version: VERSION, ...service }))];
}

const MARKS = {
  ok: ["green", "ok     "],
  warning: ["yellow", "warning"],
  problem: ["red", "problem"],
  skipped: ["dim", "skipped"],
} as const;

function textOf({ subject, severity, found, remedy }: Finding): string {
  const [style, word] = MARKS[severity];
  const line = `${terminal.paint(style, word)}  ${subject}: ${found}`;
  return remedy === undefined ? line : `${line}\n         ${terminal.paint("dim", "→")} ${remedy}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
