import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const CACHE = join(import.meta.dirname, "../../.cache/debian");
/** The oldest Debian that is supported: what works there does on later ones. */
const SUITE = "bookworm";
/** Essential packages, a systemd to boot, and what the package depends on: in the container there is no network. */
const PACKAGES = ["systemd", "systemd-sysv", "dbus", "udev", "libstdc++6", "libatomic1", "procps"];
const WITHOUT = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*"];
const ARGS = [
  "--quiet",
  "--variant=essential",
  "--dpkgopt=force-unsafe-io",
  ...WITHOUT.map((path) => `--dpkgopt=path-exclude=${path}`),
  `--include=${PACKAGES.join(",")}`,
  SUITE,
];

/**
 * The root of a Debian with systemd, made by mmdebstrap (as debootstrap would, in half the time) and kept in .cache: a minute the
 * first time, nothing after. Not to be written to: boot it with an overlay.
 */
export async function debianRoot(): Promise<string> {
  const root = join(
    CACHE,
    `${SUITE}-${createHash("sha256").update(ARGS.join(" ")).digest("hex").slice(0, 12)}`,
  );
  if (existsSync(root)) return root;
  mkdirSync(CACHE, { recursive: true });
  const partial = join(CACHE, `partial-${process.pid}`);
  await promisify(execFile)("mmdebstrap", [...ARGS, partial]);
  rmSync(root, { recursive: true, force: true });
  renameSync(partial, root);
  return root;
}
