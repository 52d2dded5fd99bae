import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { modules } from "./paths.ts";

/** What the binary is made for. Debian and Raspberry Pi OS are glibc; zeromq ships no 32-bit ARM addon. */
export const ARCHITECTURES = ["x64", "arm64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** A native addon: the module that loads it in its package, how that module exports it, and its one right file. */
export interface Addon {
  /** end of the path of the module that the bundler replaces */
  readonly loader: string;
  /** name under which that module exports the addon */
  readonly exportName: string;
  readonly file: string;
  /** name inside the binary */
  readonly asset: string;
}

/** The addons of one architecture. Other builds in those packages (musl, Windows, macOS) would only add weight. */
export function addonsFor(architecture: Architecture): Addon[] {
  return [
    addon("zeromq/lib/load-addon.js", "default", zeromqFile(architecture)),
    addon("@serialport/bindings-cpp/dist/serialport-bindings.js", "binding", serialportFile(architecture)),
  ];
}

function addon(loader: string, exportName: string, file: string): Addon {
  const name = loader.startsWith("@") ? "serialport" : "zeromq";
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);
  return { loader, exportName, file, asset: `${name}-${hash}.node` };
}

/** zeromq's manifest maps build settings, themselves JSON, to files. Node-API: any ABI loads, its loader takes the newest. */
function zeromqFile(architecture: Architecture): string {
  const folder = join(modules, "zeromq/build");
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Record<string, string>;
  const fitting = Object.entries(manifest)
    .map(([settings, file]) => ({ ...(JSON.parse(settings) as ZeromqBuild), file }))
    .filter((build) => build.os === "linux" && build.arch === architecture && build.libc === "glibc")
    .sort((a, b) => b.abi - a.abi);
  return join(folder, only(fitting.slice(0, 1), `zeromq addon for linux ${architecture}`).file);
}

interface ZeromqBuild {
  readonly os: string;
  readonly arch: string;
  readonly libc: string;
  readonly abi: number;
}

function serialportFile(architecture: Architecture): string {
  const folder = join(modules, "@serialport/bindings-cpp/prebuilds", `linux-${architecture}`);
  const fitting = readdirSync(folder).filter((name) => name.endsWith("glibc.node"));
  return join(folder, only(fitting, `serialport addon in ${folder}`));
}

function only<T>(found: readonly T[], what: string): T {
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} times ${what}, expected one`);
  return first;
}
