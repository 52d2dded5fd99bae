import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { arch, release, tmpdir, version as kernel } from "node:os";
import { basename, dirname, join } from "node:path";
import { asDunlinError, DunlinError, messageOf } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import { readSecretCertificate, SECRET_SUFFIX } from "../keys/index.ts";
import { listPorts } from "../serial/index.ts";
import type { Finding } from "./finding.ts";
import { connectOwnAgent } from "./own-agent.ts";
import { Redactor, secretsIn } from "./redact.ts";

/** What a bundle is made of. */
export interface BundleSource {
  /** The configuration's main file; undefined: there is none. */
  readonly path: string | undefined;
  /** Undefined if it is wrong. */
  readonly config: Config | undefined;
  readonly findings: readonly Finding[];
  /** The same as people read them. */
  readonly text: string;
  readonly version: string;
}

const LOG_LINES = 2_000;
const MAX_BYTES = 4_000_000;
const LIMIT_MS = 10_000;
const ANSWER_LIMIT_MS = 5_000;

const ABOUT = `What dunlin doctor --bundle has put together of one agent and its host.

findings.txt, .jsonl   what the doctor found
config/                the configuration, with what is secret in it replaced by (redacted)
status.json, birth.json  what the agent said of itself, if it answered
versions.json          of Dunlin, Node, the kernel, the distribution
ports.json             the serial ports, and who has them open
log.txt                the last ${LOG_LINES} lines of the service's log
unit.txt               what systemd knows of the service
disk.txt               the file system of the state directory
state.txt              the files in it: names, sizes, times; none of what is in them

Keys are not in it. Look through it before you pass it on: names, places and readings may be in the log.
`;

/**
 * Writes what somebody needs who is to help from afar, as a tar.gz that only this user can read.
 * @returns the names of the files in it
 * @throws DunlinError `usage` if there is such a file already, `state-unwritable`
 */
export async function writeBundle(file: string, source: BundleSource): Promise<string[]> {
  const files = await collected(source);
  const redactor = new Redactor(secretsOf(source, files));
  const work = mkdtempSync(join(tmpdir(), "dunlin-support-"));
  const folder = basename(file).replace(/\.tar\.gz$/, "") || "dunlin-support";
  try {
    for (const [name, text] of files) {
      const path = join(work, folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, redactor.text(text.slice(-MAX_BYTES)), { mode: 0o600 });
    }
    await pack(work, folder, file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return [...files.keys()];
}

async function pack(work: string, folder: string, file: string): Promise<void> {
  let out: number;
  try {
    out = openSync(file, "wx", 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST")
      throw new DunlinError("usage", `${file} is there already: name another`, { cause });
    throw new DunlinError("state-unwritable", `cannot write ${file}: ${messageOf(cause)}`, { cause });
  }
  const tar = spawn("tar", ["-czf", "-", "-C", work, folder], { stdio: ["ignore", out, "inherit"] });
  const [code] = (await once(tar, "close")) as [number | null];
  if (code !== 0) throw new DunlinError("internal", `tar ended with ${code}`);
}

async function collected(source: BundleSource): Promise<Map<string, string>> {
  const { config, path, findings, text, version } = source;
  const [told, ports, log, unit, disk] = await Promise.all([
    config ? askAgent(config) : {},
    listPorts().catch((cause: unknown) => messageOf(cause)),
    output("journalctl", ["-u", "dunlin*", "-n", String(LOG_LINES), "-o", "short-iso", "--no-pager"]),
    output("systemctl", ["show", "dunlin.service", "--no-pager"]),
    config ? output("df", ["-hT", existing(config.stateDirectory)]) : "",
  ]);
  const files: Record<string, string> = {
    "README.txt": ABOUT,
    "findings.txt": text,
    "findings.jsonl": findings.map((finding) => `${JSON.stringify(finding)}\n`).join(""),
    ...configFiles(path),
    ...told,
    "versions.json": inLines(versions(version)),
    "ports.json": inLines(ports),
    "log.txt": log,
    "unit.txt": unit,
    "disk.txt": disk,
    "state.txt": config ? listing(config.stateDirectory) : "",
  };
  return new Map(Object.entries(files).filter(([, content]) => content !== ""));
}

async function askAgent(config: Config): Promise<Record<string, string>> {
  const client = connectOwnAgent(config);
  if (!client) return {};
  const ask = (query: "status" | "describe"): Promise<unknown> =>
    client.query(query, {}, { timeoutMs: ANSWER_LIMIT_MS });
  try {
    const [status, birth] = await Promise.all([ask("status"), ask("describe")]);
    return { "status.json": inLines(status), "birth.json": inLines(birth) };
  } catch (cause) {
    return { "status.json": inLines({ error: asDunlinError(cause).code }) };
  } finally {
    client.close();
  }
}

function configFiles(path: string | undefined): Record<string, string> {
  if (path === undefined) return {};
  const folder = dirname(path);
  const beside = ["conf.d", "drivers"].flatMap((name) =>
    yamlIn(join(folder, name)).map((file) => join(name, file)),
  );
  return Object.fromEntries(
    [basename(path), ...beside].map((name) => [join("config", name), read(join(folder, name))]),
  );
}

/** What the configuration hides, and the keys of this host as far as we may read them: to find them, not to keep them. */
function secretsOf({ config }: BundleSource, files: ReadonlyMap<string, string>): string[] {
  const configured = [...files]
    .filter(([name]) => name.startsWith("config/"))
    .flatMap(([, text]) => secretsIn(text, process.env));
  return [...configured, ...(config ? keysIn(config.security.keysDirectory) : [])];
}

function keysIn(folder: string): string[] {
  return entries(folder)
    .filter((name) => name.endsWith(SECRET_SUFFIX))
    .flatMap((name) => {
      try {
        const { secretKey, signingKey } = readSecretCertificate(join(folder, name));
        return signingKey === undefined ? [secretKey] : [secretKey, signingKey];
      } catch {
        return [];
      }
    });
}

function versions(dunlin: string): unknown {
  const distribution = /^PRETTY_NAME="?([^"\n]*)/m.exec(read("/etc/os-release"))?.[1];
  return {
    dunlin,
    node: process.version,
    architecture: arch(),
    kernel: `${release()} ${kernel()}`,
    distribution,
  };
}

/** Names, sizes and times of all files below. */
function listing(folder: string, prefix = ""): string {
  return entries(join(folder, prefix))
    .map((name) => {
      const path = join(prefix, name);
      try {
        const found = statSync(join(folder, path));
        if (found.isDirectory()) return listing(folder, path);
        const mode = (found.mode & 0o7777).toString(8).padStart(4, "0");
        return `${mode} ${String(found.size).padStart(12)} ${found.mtime.toISOString()} ${path}\n`;
      } catch (cause) {
        return `${path}: ${messageOf(cause)}\n`;
      }
    })
    .join("");
}

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: LIMIT_MS, maxBuffer: 16 * MAX_BYTES }, (_, stdout) => resolve(stdout));
  });
}

function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}

function yamlIn(folder: string): string[] {
  return entries(folder).filter((name) => /\.ya?ml$/.test(name));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function inLines(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
