import * as esbuild from "esbuild";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Addon } from "./addons.ts";
import { root } from "./paths.ts";

/** What esbuild read, and what each module imports. */
export type Inputs = esbuild.Metafile["inputs"];

const LAUNCHER = join(import.meta.dirname, "launcher.ts");
const ADDON_LOADER = join(import.meta.dirname, "native-addon.ts");

/** What packages written as CommonJS call: Node's own modules and none from the disk, wherever the binary lies. */
const REQUIRE = `const require = (name) => {
  const found = process.getBuiltinModule(name);
  if (!found) throw new Error(name + " is not in this binary");
  return found;
};`;

/** The main module among those of the bundle. */
const MAIN = "main";

/** Where a line ends at the latest, so that a stack trace tells where. */
const LINE_LIMIT = 160;

/** What goes into a binary: its main script, and the modules that it loads, by name. */
export interface Bundle {
  readonly launcher: string;
  readonly modules: Readonly<Record<string, string>>;
  readonly inputs: Inputs;
}

/**
 * All of Dunlin as ES modules, parted where `import()` parts them, and what runs the first of them. Names stay, so that a
 * stack trace still tells where.
 *
 * @param entry the program's main module
 * @param folder is emptied and filled
 * @throws Error on any warning of the bundler: what it cannot resolve now would fail later, on the edge box
 */
export async function bundle(entry: string, folder: string, addons: readonly Addon[]): Promise<Bundle> {
  rmSync(folder, { recursive: true, force: true });
  const { metafile, outputFiles } = await build({
    ...COMMON,
    entryPoints: [{ in: entry, out: MAIN }],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    splitting: true,
    format: "esm",
    // As texts: an object would be put into every module, as code that has to run.
    define: {
      SYSTEMD_FILES: JSON.stringify(JSON.stringify(textsIn("systemd"))),
      MODBUS_PROFILES: JSON.stringify(JSON.stringify(profiles())),
    },
    banner: { js: REQUIRE },
    plugins: [nativeAddons(addons), withoutOptional],
  });
  const inputs = Object.keys(metafile.inputs);
  for (const { loader } of addons)
    if (!inputs.some((input) => input.endsWith(loader)))
      throw new Error(`nothing imports ${loader} any more`);
  refuseLostNames(metafile.inputs);
  const modules = Object.fromEntries(
    outputFiles.map(({ path, text }) => [basename(path), write(path, ascii(text))]),
  );
  return { launcher: await bundleLauncher(folder), modules, inputs: metafile.inputs };
}

/** Of a package in CommonJS, `import()` would give none but the default. Through a module of ours that imports it, it gives all. */
function refuseLostNames(inputs: Inputs): void {
  for (const [from, { imports }] of Object.entries(inputs))
    for (const { path, kind } of imports)
      if (kind === "dynamic-import" && path.startsWith("node_modules/") && inputs[path]?.format === "cjs")
        throw new Error(`${from}: import() of ${path}, which is CommonJS: import it from a module, and that`);
}

async function bundleLauncher(folder: string): Promise<string> {
  const path = join(folder, "launcher.cjs");
  const { outputFiles } = await build({ ...COMMON, entryPoints: [LAUNCHER], outfile: path, format: "cjs" });
  return write(path, ascii(outputFiles[0]?.text ?? ""));
}

const COMMON = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  platform: "node",
  target: "node26",
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: LINE_LIMIT,
  legalComments: "none",
  metafile: true,
} as const satisfies esbuild.BuildOptions;

async function build<const Options extends esbuild.BuildOptions>(
  options: Options,
): Promise<esbuild.BuildResult<Options>> {
  const result = await esbuild.build<Options>(options as esbuild.SameShape<esbuild.BuildOptions, Options>);
  if (result.warnings.length > 0)
    throw new Error(`esbuild: ${result.warnings.map(({ text }) => text).join("; ")}`);
  return result;
}

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** A single character beyond ASCII makes a text two bytes a character in memory. esbuild escapes those in strings, not in regular expressions. */
function ascii(text: string): string {
  return text
    .replace(/^#!.*/, "")
    .replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
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
