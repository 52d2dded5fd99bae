import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
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
  const work = emptyFolder(`work-${architecture}`);
  const stock =
    architecture === process.arch ? join(modules, "node/bin/node") : fetchNode(architecture, version, work);
  const partial = join(work, "stripped");
  copyFileSync(stock, partial);
  execFileSync(strip, [partial], { stdio: "inherit" });
  renameSync(partial, stripped);
  rmSync(work, { recursive: true });
  return stripped;
}

/** Node's licence, with those of all that is linked into it. node_modules has the program alone; its package has both. */
export function nodeLicence(version: string): string {
  const kept = licenceFile(version);
  if (!existsSync(kept)) {
    const work = emptyFolder("work-licence");
    fetchNode(process.arch as Architecture, version, work);
    rmSync(work, { recursive: true });
  }
  return readFileSync(kept, "utf8");
}

function licenceFile(version: string): string {
  return join(cache, `node-v${version}.LICENSE`);
}

function emptyFolder(name: string): string {
  const folder = join(cache, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** @returns path of the program, in `work`; the licence is kept beside it for nodeLicence() */
function fetchNode(architecture: Architecture, version: string, work: string): string {
  const spec = `node-linux-${architecture}@${version}`;
  execFileSync("npm", ["pack", spec, "--silent", "--pack-destination", work], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const archive = join(work, `node-linux-${architecture}-${version}.tgz`);
  const wanted = ["package/bin/node", "package/LICENSE"];
  execFileSync("tar", ["-xzf", archive, "-C", work, ...wanted], { stdio: "inherit" });
  renameSync(join(work, "package/LICENSE"), licenceFile(version));
  return join(work, "package/bin/node");
}
