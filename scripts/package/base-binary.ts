import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Architecture } from "./addons.ts";
import { cache, modules } from "./paths.ts";

/**
 * A stock Node without its symbols, for pkg to put the bundle into. nodejs.org is not asked: the registry has the
 * same program as packages, and that of this machine's architecture is in node_modules already.
 *
 * @param version of Node, as pinned in package.json
 * @param strip the strip(1) of that architecture; takes 20 to 30 % off
 * @returns path of the stripped binary, kept for the next run
 */
export function baseBinary(architecture: Architecture, version: string, strip: string): string {
  const stripped = join(cache, `node-v${version}-linux-${architecture}`);
  if (existsSync(stripped)) return stripped;
  const work = join(cache, `work-${architecture}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const stock =
    architecture === process.arch ? join(modules, "node/bin/node") : fetchNode(architecture, version, work);
  const partial = join(work, "stripped");
  copyFileSync(stock, partial);
  execFileSync(strip, [partial], { stdio: "inherit" });
  renameSync(partial, stripped);
  rmSync(work, { recursive: true });
  return stripped;
}

function fetchNode(architecture: Architecture, version: string, work: string): string {
  const spec = `node-linux-${architecture}@${version}`;
  execFileSync("npm", ["pack", spec, "--silent", "--pack-destination", work], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const archive = join(work, `node-linux-${architecture}-${version}.tgz`);
  execFileSync("tar", ["-xzf", archive, "-C", work, "package/bin/node"], { stdio: "inherit" });
  return join(work, "package/bin/node");
}
