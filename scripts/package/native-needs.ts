import { execFileSync } from "node:child_process";
import { addonsFor, type Architecture } from "./addons.ts";

/** A Debian package with shared libraries, and the newest symbols that its version in `depends` has. */
interface Library {
  readonly depends: string;
  readonly files: readonly string[];
  readonly symbols?: { readonly prefix: string; readonly newest: string };
}

/**
 * What the binary is linked to: of Debian 10, so that it runs on all that is newer. dpkg-shlibdeps would want the libraries of
 * the other architecture installed, and name the versions of the machine that builds.
 */
const LIBRARIES: readonly Library[] = [
  {
    depends: "libc6 (>= 2.28)",
    files: ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1"],
    symbols: { prefix: "GLIBC_", newest: "2.28" },
  },
  // GCC 8.
  {
    depends: "libstdc++6 (>= 8)",
    files: ["libstdc++.so.6"],
    symbols: { prefix: "GLIBCXX_", newest: "3.4.25" },
  },
  { depends: "libgcc-s1", files: ["libgcc_s.so.1"] },
  { depends: "libatomic1", files: ["libatomic.so.1"] },
];

/** The loader of each architecture, which belongs to libc6. */
const LOADERS = ["ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"];

/**
 * Depends: of the package, held against what the binary and its addons ask for.
 * @throws Error if one asks for a library, or a newer one, than these are
 */
export function libraryDepends(architecture: Architecture, binary: string): string {
  const faults = [binary, ...addonsFor(architecture).map(({ file }) => file)].flatMap(faultsOf);
  if (faults.length > 0) throw new Error(`scripts/package/native-needs.ts:\n  ${faults.join("\n  ")}`);
  return LIBRARIES.map(({ depends }) => depends).join(", ");
}

function faultsOf(file: string): string[] {
  const needed = matches(file, "-d", /\(NEEDED\).*\[(.+)\]/g);
  const known = new Set([...LOADERS, ...LIBRARIES.flatMap(({ files }) => files)]);
  const unknown = needed.filter((name) => !known.has(name)).map((name) => `${file} needs ${name}`);
  const newer = LIBRARIES.flatMap(({ symbols, depends }) =>
    symbols === undefined
      ? []
      : matches(file, "-V", new RegExp(`Name: ${symbols.prefix}([0-9.]+)`, "g"))
          .filter((version) => isNewer(version, symbols.newest))
          .map((version) => `${file} needs ${symbols.prefix}${version}, newer than ${depends}`),
  );
  return [...unknown, ...new Set(newer)];
}

/** readelf(1) reads every architecture. */
function matches(file: string, option: string, pattern: RegExp): string[] {
  const text = execFileSync("readelf", ["-W", option, file], { encoding: "utf8", maxBuffer: 1 << 28 });
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}

function isNewer(version: string, than: string): boolean {
  return version.localeCompare(than, "en", { numeric: true }) > 0;
}
