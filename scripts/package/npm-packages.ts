import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Inputs } from "./bundle.ts";
import { root } from "./paths.ts";

/** An npm package of which at least one module is in the bundle. */
export interface NpmPackage {
  /** from the root; the same name may lie in two folders, in two versions */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Subresource Integrity of its tarball, as in package-lock.json */
  readonly integrity: string;
  /** folders of the packages whose modules its own import */
  readonly imports: readonly string[];
}

export interface BundledPackages {
  readonly packages: readonly NpmPackage[];
  /** folders of those that Dunlin's own modules import */
  readonly direct: readonly string[];
}

/**
 * The npm packages in the bundle, by what the bundler read: the dependencies in package.json are both more (of
 * serialport's, some only build it) and less (packages that nobody declared are found all the same).
 *
 * @throws Error when a package is installed in another version than package-lock.json says, or is a tool of ours
 * that another package took in because it lay there
 */
export function npmPackages(inputs: Inputs): BundledPackages {
  const imports = importsByFolder(inputs);
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lock;
  const folders = [...imports.keys()].filter((folder) => folder !== OURS).toSorted();
  return {
    packages: folders.map((folder) => describe(folder, lock.packages[folder], imports.get(folder) ?? [])),
    direct: imports.get(OURS) ?? [],
  };
}

/** Not in any package: Dunlin's own modules, and what the bundler put in the place of others. */
const OURS = "";

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly integrity?: string; readonly dev?: true } | undefined>
  >;
}

function importsByFolder(inputs: Inputs): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const [path, { imports }] of Object.entries(inputs)) {
    const from = folderOf(path);
    const to = imports.filter(({ external }) => external !== true).map((imported) => folderOf(imported.path));
    const others = to.filter((folder) => folder !== from && folder !== OURS);
    found.set(from, (found.get(from) ?? new Set()).union(new Set(others)));
  }
  return new Map([...found].map(([folder, to]) => [folder, [...to].toSorted()]));
}

function folderOf(path: string): string {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? OURS;
}

function describe(folder: string, locked: Lock["packages"][string], imports: readonly string[]): NpmPackage {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest;
  const { name, version, license } = manifest;
  if (locked?.integrity === undefined || locked.version !== version)
    throw new Error(`${folder} is not what package-lock.json says: npm ci`);
  if (locked.dev)
    throw new Error(`${name} would be packed, but only our tools depend on it: leave it out of the bundle`);
  if (typeof license !== "string")
    throw new Error(`${folder}/package.json: license is not an SPDX expression`);
  return { folder, name, version, licence: license, integrity: locked.integrity, imports };
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
}
