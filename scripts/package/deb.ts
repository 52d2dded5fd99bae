import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import manifest from "../../package.json" with { type: "json" };
import { completion } from "../../src/cli/completion.ts";
import { makeProgram } from "../../src/cli/program.ts";
import { serviceFiles } from "../../src/cli/service-files.ts";
import type { Architecture } from "./addons.ts";
import { manPage } from "./man-page.ts";
import { libraryDepends } from "./native-needs.ts";
import { cache, dist, root } from "./paths.ts";

/** As dpkg calls it. */
const DEBIAN: Readonly<Record<Architecture, string>> = { x64: "amd64", arm64: "arm64" };
/** Of xz: 6 takes four times as long for a seventh less. */
const COMPRESSION = "1";
/** Whoever passes the package on puts itself here (Debian policy 3.3). */
const MAINTAINER = process.env["DEBFULLNAME"] ?? "Dunlin contributors";
const MAINTAINER_ADDRESS = process.env["DEBEMAIL"] ?? "dunlin@dunlin.example";

const DOC = "usr/share/doc/dunlin";
const SCRIPTS = ["postinst", "prerm", "postrm"] as const;

/**
 * dist/dunlin_<version>_<architecture>.deb: the binary, its units, user, folders, udev rules, first configuration, manual and
 * completions. The same inputs give the same bytes: all times are that of the last commit.
 * @returns its path
 */
export function deb(architecture: Architecture, binary: string, beside: readonly string[]): string {
  const tree = join(cache, `deb-${architecture}`);
  rmSync(tree, { recursive: true, force: true });
  for (const [path, content, mode] of filesOf(binary, beside)) put(join(tree, path), content, mode);
  putControl(tree, architecture, binary);
  const output = join(dist, `dunlin_${version()}_${DEBIAN[architecture]}.deb`);
  const environment = { ...process.env, SOURCE_DATE_EPOCH: String(changedSeconds()) };
  const args = ["--root-owner-group", "-Zxz", `-z${COMPRESSION}`, "--build", tree, output];
  execFileSync("dpkg-deb", args, { env: environment, stdio: ["ignore", "ignore", "inherit"] });
  rmSync(tree, { recursive: true });
  return output;
}

/** Debian's: its part after the hyphen counts packagings of one version of Dunlin. */
function version(): string {
  return `${manifest.version.replace("-", "~")}-1`;
}

type File = readonly [path: string, content: Buffer | string | { readonly copyOf: string }, mode: number];

function filesOf(binary: string, beside: readonly string[]): File[] {
  const program = makeProgram(() => {});
  const date = new Date(changedSeconds() * 1_000);
  const service = serviceFiles("/usr/bin/dunlin", "/usr/lib/systemd/system");
  return [
    ["usr/bin/dunlin", { copyOf: binary }, 0o755],
    ...service.map(({ path, text }): File => [path.slice(1), text, 0o644]),
    ["usr/share/man/man1/dunlin.1.gz", zip(manPage(date.toISOString().slice(0, 10))), 0o644],
    ["usr/share/bash-completion/completions/dunlin", completion(program, "bash"), 0o644],
    ["usr/share/zsh/vendor-completions/_dunlin", completion(program, "zsh"), 0o644],
    ["usr/share/fish/vendor_completions.d/dunlin.fish", completion(program, "fish"), 0o644],
    [`${DOC}/copyright`, debian("copyright"), 0o644],
    [`${DOC}/changelog.gz`, zip(readFileSync(join(root, "CHANGELOG.md"))), 0o644],
    [`${DOC}/changelog.Debian.gz`, zip(debianChangelog(date)), 0o644],
    ...beside.map((path): File => [
      `${DOC}/${path.slice(dist.length + 1)}.gz`,
      zip(readFileSync(path)),
      0o644,
    ]),
    ["usr/share/lintian/overrides/dunlin", debian("lintian-overrides"), 0o644],
  ];
}

function putControl(tree: string, architecture: Architecture, binary: string): void {
  const bytes = execFileSync("du", ["-sk", tree], { encoding: "utf8" });
  const values: Readonly<Record<string, string>> = {
    VERSION: version(),
    ARCHITECTURE: DEBIAN[architecture],
    MAINTAINER: `${MAINTAINER} <${MAINTAINER_ADDRESS}>`,
    INSTALLED_SIZE: bytes.split("\t")[0] ?? "",
    LIBRARIES: libraryDepends(architecture, binary),
  };
  const control = debian("control").replaceAll(/@([A-Z_]+)@/g, (_, name: string) => values[name] ?? "");
  put(join(tree, "DEBIAN/control"), control, 0o644);
  put(join(tree, "DEBIAN/conffiles"), debian("conffiles"), 0o644);
  put(join(tree, "DEBIAN/md5sums"), sums(tree), 0o644);
  for (const name of SCRIPTS) put(join(tree, "DEBIAN", name), debian(name), 0o755);
}

/** Of all but conffiles, which dpkg keeps apart (deb-md5sums(5)). */
function sums(tree: string): string {
  const names = readdirSync(tree, { recursive: true, encoding: "utf8" }).toSorted();
  const files = names.filter((name) => name.startsWith("usr/") && statSync(join(tree, name)).isFile());
  const sum = (name: string): string =>
    createHash("md5")
      .update(readFileSync(join(tree, name)))
      .digest("hex");
  return files.map((name) => `${sum(name)}  ${name}\n`).join("");
}

function put(path: string, content: File[1], mode: number): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  if (typeof content === "object" && "copyOf" in content) copyFileSync(content.copyOf, path);
  else writeFileSync(path, content);
  chmodSync(path, mode);
}

function debian(name: string): string {
  return readFileSync(join(import.meta.dirname, "debian", name), "utf8");
}

/** Without a name and a time in its head (gzip -9n). */
function zip(content: Buffer | string): Buffer {
  return gzipSync(content, { level: 9 });
}

function debianChangelog(date: Date): string {
  const when = date.toUTCString().replace("GMT", "+0000");
  return `dunlin (${version()}) unstable; urgency=medium

  * Dunlin ${manifest.version}: what has changed is in changelog.gz.

 -- ${MAINTAINER} <${MAINTAINER_ADDRESS}>  ${when}
`;
}

/** Of the last commit, seconds since 1970; without git the start of this package's format. */
function changedSeconds(): number {
  const { SOURCE_DATE_EPOCH: told } = process.env;
  if (told !== undefined) return Number(told);
  try {
    return Number(execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: root, encoding: "utf8" }));
  } catch {
    return Date.UTC(2026, 0, 1) / 1_000;
  }
}
