import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { isAllowed, licencesText } from "../../scripts/package/licences.ts";
import { npmPackages } from "../../scripts/package/npm-packages.ts";
import { dunlin } from "../support/cli.ts";

const ROOT = join(import.meta.dirname, "../..");
const DIST = join(ROOT, "dist");
const manifest = json<Manifest>("package.json");
const bill = json<Bill>("dist/dunlin.cdx.json");
const licences = readFileSync(join(DIST, "THIRD-PARTY-LICENSES.txt"), "utf8");
const everything = flatten(bill.components);

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface Bill {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface Component {
  readonly "bom-ref": string;
  readonly type: string;
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly licenses?: readonly object[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly components?: readonly Component[];
}

function json<T>(file: string): T {
  return JSON.parse(readFileSync(join(ROOT, file), "utf8")) as T;
}

function flatten(components: readonly Component[]): Component[] {
  return components.flatMap((component) => [component, ...flatten(component.components ?? [])]);
}

function named(name: string): Component[] {
  return everything.filter((component) => component.name === name);
}

t.test("the bill of materials lists each dependency, and Node, in the version that is packed", async (t) => {
  for (const [name, version] of Object.entries(manifest.dependencies)) {
    // A scope's @ is escaped in a package URL.
    const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    t.match(named(name), [{ type: "library", version, purl }], name);
  }
  const { node } = JSON.parse((await dunlin(["version", "--json"])).stdout) as { node: string };
  t.match(named("node"), [{ type: "platform", version: node.replace(/^v/, "") }]);
  for (const [name, key] of [
    ["openssl", "openssl"],
    ["sqlite", "sqlite"],
    ["libuv", "uv"],
    ["v8", "v8"],
  ] as const)
    t.match(named(name), [{ version: process.versions[key] }], name);
});

t.test("it lists the addons as they are in the binary, and what is linked into them", async (t) => {
  const addons = everything.filter(({ type }) => type === "file");
  const binary = readFileSync(join(DIST, `dunlin-linux-${process.arch}`));
  const own = addons.filter(({ name }) => binary.includes(name));
  t.match(
    own.map(({ name }) => name.replace(/-.*/, "")).toSorted(),
    ["serialport", "zeromq"],
    "one of each for this architecture",
  );
  for (const { name, hashes } of addons)
    t.match(hashes?.[0]?.content, name.match(/-(\w+)\.node$/)?.[1], name);
  const { libzmq } = JSON.parse((await dunlin(["version", "--json"])).stdout) as { libzmq: string };
  for (const found of named("libzmq")) t.equal(found.version, libzmq);
  t.not(named("libsodium").length, 0);
});

t.test("it lists nothing that is not packed", async (t) => {
  const lock = json<{ packages: Record<string, { version: string; dev?: true }> }>(
    "package-lock.json",
  ).packages;
  const tools = Object.keys(manifest.devDependencies).filter((name) => name !== "node");
  const direct = tools.filter((name) => lock[`node_modules/${name}`]?.dev);
  for (const name of [...direct, "supports-color", "cbor-extract", "cmake-ts", "node-gyp-build"]) {
    t.same(named(name), [], name);
    t.notMatch(licences, `\n${name} `, name);
  }
});

t.test("it has the shape of CycloneDX 1.5, and says no time nor anything random", async (t) => {
  t.match(bill, { bomFormat: "CycloneDX", specVersion: "1.5", version: 1 });
  t.match(
    bill.serialNumber,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  t.match(bill.metadata, { component: { type: "application", name: "dunlin", version: manifest.version } });
  t.notMatch(bill.metadata, { timestamp: String });
  const refs = [bill.metadata.component, ...everything].map((component) => component["bom-ref"]);
  t.equal(new Set(refs).size, refs.length, "each reference once");
  for (const { ref, dependsOn } of bill.dependencies)
    for (const other of [ref, ...dependsOn]) t.ok(refs.includes(other), other);
  for (const { name, hashes = [] } of everything)
    for (const { alg, content } of hashes)
      t.match(content, alg === "SHA-512" ? /^[0-9a-f]{128}$/ : /^[0-9a-f]{64}$/, name);
});

t.test("what is listed is in the licences too, with its text, and the other way round", async (t) => {
  const sections = licences.split(`\n${"=".repeat(80)}\n\n`).slice(1);
  const heads = sections.map((section) => section.slice(0, section.indexOf("\n")));
  const listed = everything
    .filter(({ licenses }) => licenses !== undefined)
    .map(({ name, version }) => [name === "node" ? "Node.js" : name, version].filter(Boolean).join(" "));
  t.same(new Set(heads), new Set(listed));
  for (const section of sections)
    t.match(section, /^Licence: \S.*\n\n[^]{300,}/m, section.slice(0, section.indexOf("\n")));
  t.match(licences, "OpenSSL", "Node's are those of its libraries too");
  t.match(licences, "Mozilla Public License Version 2.0");
});

t.test("the checksums are of the binary and of both files beside it, and hold", async (t) => {
  const sums = readFileSync(join(DIST, "SHA256SUMS"), "utf8");
  for (const file of [`dunlin-linux-${process.arch}`, "dunlin.cdx.json", "THIRD-PARTY-LICENSES.txt"])
    t.match(sums, new RegExp(`^[0-9a-f]{64}  ${RegExp.escape(file)}$`, "m"));
  t.match(spawnSync("sha256sum", ["--check", "SHA256SUMS"], { cwd: DIST, encoding: "utf8" }), {
    status: 0,
    stderr: "",
  });
});

t.test("a licence that asks for more, or has no text, stops the build", async (t) => {
  for (const licence of ["MIT", "(MIT AND BSD-3-Clause)", "MIT OR Apache-2.0"])
    t.ok(isAllowed(licence), licence);
  for (const licence of ["GPL-3.0-only", "MIT OR GPL-3.0-only", "SEE LICENSE IN x", "UNLICENSED", ""])
    t.notOk(isAllowed(licence), licence);
  const parts = [
    { name: "free", licence: "MIT", text: "do as you like" },
    { name: "bound", licence: "AGPL-3.0-only", text: "tell your source" },
    { name: "mute", licence: "MIT", text: " \n" },
  ];
  t.throws(() => licencesText(parts), { message: /bound: AGPL-3\.0-only.*\n.*mute: no text/ });
});

t.test("a tool of ours that a package would take in stops the build", async (t) => {
  const inputs = { "node_modules/prettier/index.mjs": { bytes: 1, imports: [] } };
  t.throws(() => npmPackages(inputs), { message: /prettier would be packed, but only our tools/ });
});
