import { readFileSync } from "node:fs";
import { join } from "node:path";
import { licenceIn } from "./licences.ts";
import { root } from "./paths.ts";

/** A library that is inside a native file; no package manager knows of it. */
export interface Library {
  readonly name: string;
  /** missing where the file does not tell it */
  readonly version?: string;
  readonly description?: string;
  readonly licence?: string;
  readonly licenceText?: string;
  readonly purl?: string;
  /** name under which vulnerabilities are filed */
  readonly cpe?: string;
}

/** What is linked into an addon. Licence texts that its package does not have are in licences/. */
export function librariesOf(addonPackage: string, file: string): Library[] {
  const headers: Library = {
    name: "node-addon-api",
    description: "C++ headers, compiled in",
    licence: "MIT",
    licenceText: licenceIn("node_modules/node-addon-api"),
  };
  return addonPackage === "zeromq" ? [...zeromqLibraries(file), headers] : [headers];
}

function zeromqLibraries(file: string): Library[] {
  const version = libzmqVersion(file);
  return [
    {
      name: "libzmq",
      version,
      licence: "MPL-2.0",
      licenceText: `Source: https://github.com/zeromq/libzmq/releases/tag/v${version}\n\n${ownCopy("libzmq")}`,
      purl: `pkg:github/zeromq/libzmq@v${version}`,
      cpe: cpe("zeromq:libzmq", version),
    },
    {
      name: "libzmq/sha1",
      description: "SHA-1 for the WebSocket transport, in libzmq's source",
      licence: "BSD-3-Clause",
      licenceText: ownCopy("libzmq-sha1"),
    },
    {
      name: "libsodium",
      description: `its version is not in the addon: vcpkg's at baseline ${vcpkgBaseline()}`,
      licence: "ISC",
      licenceText: ownCopy("libsodium"),
      purl: "pkg:github/jedisct1/libsodium",
    },
  ];
}

/** Each of libzmq's assertions names its source file, and vcpkg puts the version into that path. */
function libzmqVersion(file: string): string {
  const paths = readFileSync(file, "latin1").matchAll(/\/zeromq\/src\/v(\d+\.\d+\.\d+)-/g);
  const [version, ...others] = new Set(Array.from(paths, ([, found = ""]) => found));
  if (version === undefined || others.length > 0)
    throw new Error(`${file} does not tell which libzmq it holds`);
  return version;
}

function vcpkgBaseline(): string {
  const file = join(root, "node_modules/zeromq/vcpkg.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { "builtin-baseline": string })["builtin-baseline"];
}

function ownCopy(name: string): string {
  return readFileSync(join(import.meta.dirname, "licences", `${name}.txt`), "utf8");
}

/** Keys of process.versions that are not libraries but interfaces. */
const INTERFACES = new Set(["node", "modules", "napi", "unicode"]);

/** Where a library's name is not the key of process.versions. */
const NAMES: Readonly<Record<string, string>> = { ares: "c-ares", uv: "libuv", tz: "tzdata" };

/** Vendor and product, for those in which vulnerabilities are filed. */
const PRODUCTS: Readonly<Record<string, string>> = {
  ares: "c-ares:c-ares",
  nghttp2: "nghttp2:nghttp2",
  openssl: "openssl:openssl",
  sqlite: "sqlite:sqlite",
  undici: "nodejs:undici",
  uv: "libuv:libuv",
  zstd: "facebook:zstandard",
};

/** What is linked into the Node that runs this script, which is the version that is packed. Node's licence covers it. */
export function librariesOfNode(): Library[] {
  return Object.entries(process.versions)
    .filter(([key, version]) => version && !INTERFACES.has(key))
    .map(([key, version = ""]) => {
      const product = PRODUCTS[key];
      const library = { name: NAMES[key] ?? key, version };
      return product === undefined ? library : { ...library, cpe: cpe(product, version) };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export function cpe(product: string, version: string): string {
  return `cpe:2.3:a:${product}:${version}:*:*:*:*:*:*:*`;
}
