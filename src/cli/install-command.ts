import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, renameSync, writeFileSync, chmodSync } from "node:fs";
import { dirname, join } from "node:path";
import { isSea } from "node:sea";
import { userInfo } from "node:os";
import { DunlinError, messageOf } from "../base/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { serviceFiles } from "./service-files.ts";
import { terminal } from "./terminal.ts";

/** One thing to do, and its name for people. */
interface Step {
  readonly text: string;
  readonly run: () => void;
}

const BINARY = "/usr/local/bin/dunlin";
const UNITS = "/etc/systemd/system";
/** A package's. */
const PACKAGED = "/usr/bin/dunlin";

/** Puts this binary under systemd: itself, its user, its unit, a configuration to begin with. Running it again upgrades the binary and the unit and leaves the configuration. */
export async function installCommand(options: {
  readonly prefix: string;
  readonly dryRun?: boolean;
}): Promise<ExitCode> {
  const staged = options.prefix !== "/";
  if (!isSea())
    throw new DunlinError(
      "usage",
      "only the packed binary can install itself: make it with `npm run package`",
    );
  if (!staged && !options.dryRun && userInfo().uid !== 0)
    throw new DunlinError("usage", "installing a service takes root: sudo ./dunlin install");
  if (!staged && existsSync(PACKAGED))
    throw new DunlinError(
      "usage",
      `${PACKAGED} is there, of a package: upgrade that, or remove it first (apt remove dunlin)`,
    );
  for (const { text, run } of [...fileSteps(options.prefix), ...(staged ? [] : serviceSteps())]) {
    terminal.note(text);
    if (!options.dryRun) perform(text, run);
  }
  if (!staged && !options.dryRun)
    terminal.print("installed and running: systemctl status dunlin; dunlin sub");
  return EXIT.ok;
}

function fileSteps(prefix: string): Step[] {
  const binary = join(prefix, BINARY);
  return [
    { text: `copy ${process.execPath} to ${binary}`, run: () => copyBinary(binary) },
    ...serviceFiles(BINARY, UNITS).map(({ path, text, keep }) => ({
      text: `write ${join(prefix, path)}${keep ? " if there is none" : ""}`,
      run: () => write(join(prefix, path), text, keep),
    })),
  ];
}

function serviceSteps(): Step[] {
  return [
    ["systemd-sysusers", "dunlin.conf"],
    ["systemd-tmpfiles", "--create", "dunlin.conf"],
    ["systemctl", "daemon-reload"],
    ["systemctl", "enable", "dunlin.service"],
    ["systemctl", "restart", "dunlin.service"],
  ].map(([command = "", ...args]) => ({
    text: `run ${command} ${args.join(" ")}`,
    run: () => void execFileSync(command, args, { stdio: "inherit" }),
  }));
}

function perform(text: string, run: () => void): void {
  try {
    run();
  } catch (cause) {
    throw new DunlinError("state-unwritable", `could not ${text}: ${messageOf(cause)}`, { cause });
  }
}

/** Renamed into place: a running binary cannot be written over (ETXTBSY). */
function copyBinary(target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(process.execPath, `${target}.new`);
  chmodSync(`${target}.new`, 0o755);
  renameSync(`${target}.new`, target);
}

function write(path: string, text: string, keep: boolean): void {
  if (keep && existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o644 });
}
