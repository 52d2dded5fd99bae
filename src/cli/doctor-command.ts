import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { stripVTControlCharacters } from "node:util";
import { formatFault, type Config } from "../config/index.ts";
import { examine as examineAll, ok, problem, writeBundle, type Finding } from "../doctor/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { asItsService, DEFAULT_CONFIG, serviceOf } from "./config-paths.ts";
import { loadAgentConfig } from "./load-agent-config.ts";
import { terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
  /** True: under a name of its own. */
  readonly bundle?: string | true;
}

interface Examined {
  readonly file: string | undefined;
  readonly config: Config | undefined;
  readonly findings: readonly Finding[];
}

/** The exit code is that of a failure if there is a problem. */
export async function doctorCommand({ config, json = false, bundle }: DoctorOptions): Promise<ExitCode> {
  const examined = await examine(config);
  const { findings } = examined;
  for (const finding of findings) terminal.print(json ? JSON.stringify(finding) : textOf(finding));
  const problems = findings.filter(({ severity }) => severity === "problem").length;
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  if (!json) terminal.note(`${counted(problems, "problem")}, ${counted(warnings, "warning")}`);
  if (bundle === undefined) return problems > 0 ? EXIT.failed : EXIT.ok;
  await makeBundle(bundle, examined);
  return EXIT.ok;
}

async function makeBundle(bundle: string | true, { file: path, config, findings }: Examined): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const file = bundle === true ? `dunlin-support-${config?.name ?? hostname()}-${day}.tar.gz` : bundle;
  const text = `${findings.map((finding) => stripVTControlCharacters(textOf(finding))).join("\n")}\n`;
  const names = await writeBundle(file, { path, config, findings, text, version: VERSION });
  terminal.note(`${file}: ${names.join(", ")}`);
  terminal.note(`It has no keys. Look through it before you pass it on: tar -xzf ${file}`);
}

async function examine(path: string | undefined): Promise<Examined> {
  const file = path ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  if (file === undefined) return { file, config: undefined, findings: [NO_CONFIGURATION] };
  asItsService(file);
  // That keys are wanted and missing is for the look at the keys to say.
  const loaded = await loadAgentConfig(file, undefined, () => true);
  if (!loaded.ok) {
    const findings = loaded.faults.map((fault) =>
      problem("configuration", formatFault(fault), "put it right; dunlin check looks again"),
    );
    return { file, config: undefined, findings };
  }
  const { config } = loaded;
  const service = serviceOf(file);
  const findings = await examineAll({ config, version: VERSION, ...(service !== undefined && { service }) });
  return { file, config, findings: [ok("configuration", `${file} is right`), ...findings] };
}

const NO_CONFIGURATION = problem(
  "configuration",
  `there is no ${DEFAULT_CONFIG}`,
  "name one with -c, or begin with: dunlin agent --sim",
);

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
