import * as esbuild from "esbuild";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Addon } from "./addons.ts";
import { root } from "./paths.ts";

/** What esbuild read, and what each module imports. */
export type Inputs = esbuild.Metafile["inputs"];

const ADDON_LOADER = join(import.meta.dirname, "native-addon.ts");

/** What packages written as CommonJS call: Node's own modules and none from the disk, wherever the binary lies. */
const REQUIRE = `const require = (name) => {
  const found = process.getBuiltinModule(name);
  if (!found) throw new Error(name + " is not in this binary");
  return found;
};`;

/**
 * All of Dunlin as one ES module. Line breaks and names stay and the file is called dunlin.js, so that a stack
 * trace still tells where.
 *
 * @param entry the program's main module
 * @returns the modules in it, by path from the root
 * @throws Error on any warning of the bundler: what it cannot resolve now would fail later, on the edge box
 */
export async function bundle(entry: string, outfile: string, addons: readonly Addon[]): Promise<Inputs> {
  const { warnings, metafile } = await esbuild.build({
    entryPoints: [entry],
    outfile,
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node26",
    minifySyntax: true,
    legalComments: "none",
    metafile: true,
    define: {
      SYSTEMD_FILES: JSON.stringify(textsIn("systemd")),
      MODBUS_PROFILES: JSON.stringify(profiles()),
    },
    banner: { js: REQUIRE },
    footer: { js: "//# sourceURL=dunlin.js" },
    plugins: [nativeAddons(addons), withoutOptional],
  });
  if (warnings.length > 0) throw new Error(`esbuild: ${warnings.map(({ text }) => text).join("; ")}`);
  const inputs = Object.keys(metafile.inputs);
  for (const { loader } of addons)
    if (!inputs.some((input) => input.endsWith(loader)))
      throw new Error(`nothing imports ${loader} any more`);
  return metafile.inputs;
}

/** What the program reads from its source tree: there are no folders beside a single binary. */
function textsIn(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(join(root, folder)).map((name) => [name, readFileSync(join(root, folder, name), "utf8")]),
  );
}

/** By name, as devices/modbus/profiles.ts has them. */
function profiles(): Record<string, string> {
  const texts = Object.entries(textsIn("devices/modbus/profiles"));
  return Object.fromEntries(texts.map(([file, text]) => [file.replace(/\.yaml$/, ""), text]));
}

/** Puts our loader in place of the packages' own, which search folders that a single binary does not have. */
function nativeAddons(addons: readonly Addon[]): esbuild.Plugin {
  return {
    name: "native-addons",
    setup: (build) => {
      for (const { loader, exportName, asset } of addons) {
        const load = `require(${JSON.stringify(ADDON_LOADER)}).loadAddon(${JSON.stringify(asset)})`;
        build.onLoad({ filter: new RegExp(`/${RegExp.escape(loader)}$`) }, () => ({
          contents: `exports.__esModule = true;\nexports.${exportName} = ${load};`,
        }));
      }
    },
  };
}

/**
 * What its importers do without: cbor-extract, an addon that only speeds up the decoding of text, and
 * supports-color, which debug would find only because tools of ours happen to bring it.
 */
const withoutOptional: esbuild.Plugin = {
  name: "without-optional",
  setup: (build) => {
    build.onResolve({ filter: /^(cbor-extract|supports-color)$/ }, ({ path }) => ({
      path,
      namespace: "left-out",
    }));
    build.onLoad({ filter: /^/, namespace: "left-out" }, () => ({ contents: "module.exports = null;" }));
  },
};
