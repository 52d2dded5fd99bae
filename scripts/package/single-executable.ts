import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Addon, Architecture } from "./addons.ts";
import type { Bundle } from "./bundle.ts";
import { cache } from "./paths.ts";

export interface Parts {
  readonly architecture: Architecture;
  readonly nodeVersion: string;
  readonly base: string;
  readonly bundle: Bundle;
  readonly addons: readonly Addon[];
}

/** What we use of pkg: the step behind `pkg --sea`, with Node's own settings for single executables. */
interface PkgSea {
  default(
    entry: string,
    options: {
      targets: { nodeRange: string; platform: "linux"; arch: Architecture; output: string }[];
      signature: boolean;
      seaConfig: object;
    },
  ): Promise<void>;
}

/**
 * Joins Node, the bundle and the addons to one file, with pkg.
 *
 * Called by its module and not by its command: `pkg --sea` with assets adds a file system in memory and patches
 * node:fs, which took 14 ms of each start and 10 MB of each process. Node's own assets do all that we need.
 */
export async function singleExecutable(parts: Parts, output: string): Promise<void> {
  const { architecture, nodeVersion, bundle, addons } = parts;
  const home = stage(parts);
  const pkg = createRequire(import.meta.url)("@yao-pkg/pkg/lib-es5/sea.js") as PkgSea;
  rmSync(output, { force: true });
  await withHome(home, () =>
    pkg.default(bundle.launcher, {
      targets: [{ nodeRange: `node${nodeVersion}`, platform: "linux", arch: architecture, output }],
      signature: false,
      seaConfig: {
        disableExperimentalSEAWarning: true,
        useSnapshot: false,
        // Code that comes from a cache starts no faster here, and took a seventh more CPU a reading, and of its latency.
        useCodeCache: false,
        // What is young is done within milliseconds: a small nursery spares 20 MB, and costs nothing that can be measured.
        // Threads that help V8 cost memory each, and one is enough. gc() is for src/base/settle.ts.
        execArgv: ["--max-semi-space-size=4", "--v8-pool-size=1", "--expose-gc"],
        assets: { ...bundle.modules, ...Object.fromEntries(addons.map(({ asset, file }) => [asset, file])) },
      },
    }),
  );
}

/** Lays out pkg's cache as if it had downloaded and checked this Node, or else it asks nodejs.org. */
function stage({ architecture, nodeVersion, base }: Parts): string {
  const home = join(cache, "home");
  const folder = join(home, ".pkg-cache/sea");
  const name = `node-v${nodeVersion}-linux-${architecture}`;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(join(folder, name, "bin"), { recursive: true });
  copyFileSync(base, join(folder, name, "bin/node"));
  for (const mark of [`${name}/bin/node.ok`, `${name}.tar.gz`, `${name}.tar.gz.ok`])
    writeFileSync(join(folder, mark), "");
  return home;
}

async function withHome(home: string, work: () => Promise<void>): Promise<void> {
  const before = process.env["HOME"];
  process.env["HOME"] = home;
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env["HOME"];
    else process.env["HOME"] = before;
  }
}
