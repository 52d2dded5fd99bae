import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { parseArgs } from "node:util";
import manifest from "../package.json" with { type: "json" };
import { addonsFor, ARCHITECTURES, type Architecture } from "./package/addons.ts";
import { baseBinary } from "./package/base-binary.ts";
import { bundle, type Inputs } from "./package/bundle.ts";
import { deb } from "./package/deb.ts";
import { cache, dist, root } from "./package/paths.ts";
import { singleExecutable } from "./package/single-executable.ts";
import { stripTool } from "./package/strip.ts";
import { supplyChain } from "./package/supply-chain.ts";

/**
 * `npm run package [-- --arch x64]`: dist/dunlin-linux-x64 and dist/dunlin-linux-arm64, each one file that needs
 * nothing but glibc, libstdc++ and libatomic, and a Debian package of each.
 *
 *   src/cli/main.ts ──esbuild──► modules ────┐
 *   zeromq, serialport ──► one .node each ───┼──pkg --sea──► dist/dunlin-linux-<arch>
 *   node-linux-<arch> ──strip──► Node ───────┘                       │
 *   systemd/, help ──► units, manual, completions ──dpkg-deb──► dist/dunlin_<version>_<arch>.deb
 *
 * Beside them, what is in them (dist/dunlin.cdx.json, dist/THIRD-PARTY-LICENSES.txt), and checksums of all.
 */
const { values } = parseArgs({ options: { arch: { type: "string", multiple: true } } });
const nodeVersion = manifest.devDependencies.node;
const architectures = chosen(values.arch ?? [...ARCHITECTURES]);
if (process.versions.node !== nodeVersion)
  throw new Error(`this is Node ${process.versions.node}, not ${nodeVersion}: npm ci, then npm run package`);

const outputs: string[] = [];
const inputs: Inputs = {};
for (const architecture of architectures) outputs.push(await packageFor(architecture));
const told = await step("contents, licences", () => supplyChain(architectures, inputs, nodeVersion));
const packages: string[] = [];
for (const [at, architecture] of architectures.entries())
  packages.push(await step(`${architecture}: .deb`, () => deb(architecture, outputs[at] ?? "", told)));
report(outputs, packages, told);

async function packageFor(architecture: Architecture): Promise<string> {
  const addons = addonsFor(architecture);
  const folder = join(cache, `dunlin-${architecture}`);
  const output = join(dist, `dunlin-linux-${architecture}`);
  const entry = join(root, "src/cli/main.ts");
  const bundled = await step(`${architecture}: bundle`, () => bundle(entry, folder, addons));
  Object.assign(inputs, bundled.inputs);
  const base = await step(`${architecture}: Node ${nodeVersion}`, () =>
    baseBinary(architecture, nodeVersion, stripTool(architecture)),
  );
  const parts = { architecture, nodeVersion, base, bundle: bundled, addons };
  await step(`${architecture}: single executable`, () => singleExecutable(parts, output));
  return output;
}

function chosen(names: readonly string[]): Architecture[] {
  const unknown = names.filter((name) => !ARCHITECTURES.some((architecture) => architecture === name));
  if (unknown.length > 0)
    throw new Error(`--arch ${unknown.join(", ")}: must be one of ${ARCHITECTURES.join(", ")}`);
  return ARCHITECTURES.filter((architecture) => names.includes(architecture));
}

async function step<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  console.log(`${name.padEnd(28)} ${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s`);
  return result;
}

/** Sizes, checksums (dist/SHA256SUMS, for sha256sum -c), and how long the binary that can run here takes to start. */
function report(binaries: readonly string[], debs: readonly string[], beside: readonly string[]): void {
  const sums = [...binaries, ...debs, ...beside].map(
    (file) => `${createHash("sha256").update(readFileSync(file)).digest("hex")}  ${basename(file)}`,
  );
  writeFileSync(join(dist, "SHA256SUMS"), `${sums.join("\n")}\n`);
  for (const file of [...binaries, ...debs]) {
    const bytes = readFileSync(file).length;
    const start = file.endsWith(process.arch) ? `, starts in ${startMs(file).toFixed(0)} ms` : "";
    console.log(`${relative(root, file).padEnd(28)} ${(bytes / 1e6).toFixed(1)} MB (${bytes} bytes)${start}`);
  }
  console.log(`beside them: ${beside.map((file) => relative(root, file)).join(", ")}, dist/SHA256SUMS`);
}

/** Median time of `--version`; the first run of several reads the file from disk. */
function startMs(file: string): number {
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    execFileSync(file, ["--version"]);
    return performance.now() - start;
  });
  return times.toSorted((a, b) => a - b)[3] ?? NaN;
}
