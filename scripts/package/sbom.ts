import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { v5 as nameUuid } from "uuid";
import manifest from "../../package.json" with { type: "json" };
import type { Addon } from "./addons.ts";
import { cpe, type Library } from "./native-libraries.ts";
import type { BundledPackages, NpmPackage } from "./npm-packages.ts";

/** What is packed, for the bill of materials. */
export interface Contents extends BundledPackages {
  readonly addons: readonly (Addon & {
    readonly architecture: string;
    readonly package: string;
    readonly libraries: readonly Library[];
  })[];
  readonly nodeVersion: string;
  readonly nodeLibraries: readonly Library[];
}

/** The part of CycloneDX 1.5 that is used. */
interface Component {
  readonly "bom-ref": string;
  readonly type: "application" | "library" | "platform" | "file";
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly hashes?: readonly { readonly alg: "SHA-256" | "SHA-512"; readonly content: string }[];
  readonly licenses?: readonly (
    { readonly license: { readonly id: string } } | { readonly expression: string }
  )[];
  readonly cpe?: string;
  readonly purl?: string;
  readonly components?: readonly Component[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/**
 * The bill of materials, CycloneDX 1.5. The same contents give the same text: no time, and a serial number that is
 * made from the rest.
 *
 * Not `npm sbom --omit dev`: it leaves out what our tools depend on too, yaml for one (npm/cli#7909), and knows
 * neither what the bundler left out nor what is inside native files.
 */
export function sbom(contents: Contents): string {
  const { packages, addons } = contents;
  const refs = new Map(packages.map((found) => [found.folder, `${found.name}@${found.version}`]));
  const refsOf = (folders: readonly string[]): string[] =>
    folders.map((folder) => refs.get(folder) ?? folder);
  const self: Component = {
    "bom-ref": `${manifest.name}@${manifest.version}`,
    type: "application",
    name: manifest.name,
    version: manifest.version,
    description: manifest.description,
    licenses: [{ license: { id: manifest.license } }],
    purl: `pkg:npm/${manifest.name}@${manifest.version}`,
  };
  const node = nodeComponent(contents);
  const body = {
    metadata: { lifecycles: [{ phase: "build" }], component: self },
    components: [
      ...packages.map((found) =>
        packageComponent(
          found,
          addons.filter((addon) => addon.package === found.name),
        ),
      ),
      node,
    ],
    dependencies: [
      { ref: self["bom-ref"], dependsOn: [...refsOf(contents.direct), node["bom-ref"]] },
      ...packages.map(({ folder, imports }) => ({ ref: refs.get(folder), dependsOn: refsOf(imports) })),
      { ref: node["bom-ref"], dependsOn: [] },
    ],
  };
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: `urn:uuid:${nameUuid(JSON.stringify(body), nameUuid.URL)}`,
    version: 1,
    ...body,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function packageComponent(found: NpmPackage, addons: Contents["addons"]): Component {
  const { name, version, licence, integrity } = found;
  const ref = `${name}@${version}`;
  const [, hash = ""] = /^sha512-(\S+)$/.exec(integrity) ?? [];
  return {
    "bom-ref": ref,
    type: "library",
    name,
    version,
    hashes: [{ alg: "SHA-512", content: Buffer.from(hash, "base64").toString("hex") }],
    licenses: licenses(licence),
    purl: `pkg:npm/${ref.replace(/^@/, "%40")}`,
    ...(addons.length > 0 && { components: addons.map(addonComponent) }),
  };
}

function addonComponent({ asset, file, architecture, libraries }: Contents["addons"][number]): Component {
  return {
    "bom-ref": asset,
    type: "file",
    name: asset,
    hashes: [{ alg: "SHA-256", content: createHash("sha256").update(readFileSync(file)).digest("hex") }],
    components: libraries.map((library) => libraryComponent(library, asset)),
    properties: [{ name: "dunlin:architecture", value: architecture }],
  };
}

function nodeComponent({ nodeVersion, nodeLibraries }: Contents): Component {
  const ref = `node@${nodeVersion}`;
  return {
    "bom-ref": ref,
    type: "platform",
    name: "node",
    version: nodeVersion,
    description: "the program of npm's node-linux packages, without its symbols",
    licenses: licenses("MIT"),
    cpe: cpe("nodejs:node.js", nodeVersion),
    purl: `pkg:npm/${ref}`,
    components: nodeLibraries.map((library) => libraryComponent(library, ref)),
  };
}

function libraryComponent(library: Library, inside: string): Component {
  const { name, version, description, licence, purl } = library;
  return {
    "bom-ref": `${inside}/${name}`,
    type: "library",
    name,
    ...(version !== undefined && { version }),
    ...(description !== undefined && { description }),
    ...(licence !== undefined && { licenses: licenses(licence) }),
    ...(library.cpe !== undefined && { cpe: library.cpe }),
    ...(purl !== undefined && { purl }),
  };
}

function licenses(expression: string): NonNullable<Component["licenses"]> {
  return [expression.includes(" ") ? { expression } : { license: { id: expression } }];
}
