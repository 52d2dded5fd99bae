import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { addonsFor, type Architecture } from "./addons.ts";
import { nodeLicence } from "./base-binary.ts";
import type { Inputs } from "./bundle.ts";
import { licenceIn, licencesText, type Licensed } from "./licences.ts";
import { librariesOf, librariesOfNode } from "./native-libraries.ts";
import { npmPackages } from "./npm-packages.ts";
import { dist } from "./paths.ts";
import { sbom, type Contents } from "./sbom.ts";

/**
 * What is in the binaries, for who runs or passes them on: dist/dunlin.cdx.json, a bill of materials, and
 * dist/THIRD-PARTY-LICENSES.txt.
 *
 * @param inputs of the bundle, the same for each architecture but for the names of addons
 * @returns paths of both
 * @throws Error when something packed may not be passed on, or not as it is
 */
export function supplyChain(
  architectures: readonly Architecture[],
  inputs: Inputs,
  nodeVersion: string,
): string[] {
  const contents: Contents = {
    ...npmPackages(inputs),
    addons: architectures.flatMap(addonsWithin),
    nodeVersion,
    nodeLibraries: librariesOfNode(),
  };
  const files = { bill: join(dist, "dunlin.cdx.json"), licences: join(dist, "THIRD-PARTY-LICENSES.txt") };
  writeFileSync(files.licences, licencesText(licensed(contents)));
  writeFileSync(files.bill, sbom(contents));
  return [files.bill, files.licences];
}

function addonsWithin(architecture: Architecture): Contents["addons"][number][] {
  return addonsFor(architecture).map((addon) => {
    const [name = ""] = /^(?:@[^/]+\/)?[^/]+/.exec(addon.loader) ?? [];
    return { ...addon, architecture, package: name, libraries: librariesOf(name, addon.file) };
  });
}

/** Node first, then the packages by name, then what is inside their addons, once for all architectures. */
function licensed({ packages, addons, nodeVersion }: Contents): Licensed[] {
  const libraries = addons.flatMap((addon) => addon.libraries);
  const native = libraries.map(({ name, version, licence = "", licenceText = "" }) => ({
    name,
    ...(version !== undefined && { version }),
    licence,
    text: licenceText,
  }));
  return [
    { name: "Node.js", version: nodeVersion, licence: "MIT", text: nodeLicence(nodeVersion) },
    ...packages.map(({ folder, name, version, licence }) => ({
      name,
      version,
      licence,
      text: licenceIn(folder),
    })),
    ...new Map(native.map((library) => [`${library.name} ${library.version ?? ""}`, library])).values(),
  ];
}
