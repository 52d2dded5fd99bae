import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { getRawAsset } from "node:sea";
import { DunlinError, messageOf } from "../../src/base/errors.ts";

/**
 * Loads a native addon that the single binary carries. dlopen(3) wants a file, so the addon is unpacked once, and
 * every later start and every component process maps that same file. The bundler puts this module where zeromq and
 * serialport have their own loaders; nothing else imports it.
 *
 * @param asset name inside the binary; it holds a hash of the content, so a new version never meets an old file
 * @returns what the addon exports
 * @throws DunlinError `state-unwritable` that tells of every folder tried, when none lets us write and map the file
 */
export function loadAddon(asset: string): unknown {
  const refusals: string[] = [];
  for (const folder of addonFolders(process.env)) {
    try {
      return openAddon(installAddon(folder, asset, () => Buffer.from(getRawAsset(asset))));
    } catch (error) {
      refusals.push(`  ${folder}: ${messageOf(error)}`);
    }
  }
  throw new DunlinError(
    "state-unwritable",
    "cannot unpack the native code that this binary carries: it needs a folder that this user owns, on a file " +
      `system without noexec. Name one in PKG_NATIVE_CACHE_PATH. Tried:\n${refusals.join("\n")}`,
  );
}

/**
 * Where addons may go, best first: systemd's CacheDirectory=, the user's cache, the temporary folder.
 * Not a RuntimeDirectory: Debian mounts /run noexec. PKG_NATIVE_CACHE_PATH (pkg's own name for it) is an order, not
 * a hint: with it, nothing else is tried.
 */
export function addonFolders(environment: NodeJS.ProcessEnv): string[] {
  const { PKG_NATIVE_CACHE_PATH: ordered, CACHE_DIRECTORY: service, XDG_CACHE_HOME: cache } = environment;
  if (ordered) return [ordered];
  const folders = [join(cache || join(homedir(), ".cache"), "dunlin"), join(tmpdir(), `dunlin-${ownUser()}`)];
  // A unit with several cache directories gets them as one value, joined by colons.
  return service ? [service.replace(/:.*/, ""), ...folders] : folders;
}

/**
 * Puts the addon into the folder unless it is there already.
 *
 * @returns path of the file
 * @throws Error when the folder cannot be made, is not ours alone, or cannot be written
 */
export function installAddon(folder: string, asset: string, content: () => Uint8Array): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  refuseForeign(folder);
  const path = join(folder, asset);
  if (!statSync(path, { throwIfNoEntry: false })) writeWhole(path, content());
  return path;
}

/** We run what lies there: in /tmp, anybody may have made the folder first. */
function refuseForeign(folder: string): void {
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error("is not a folder");
  if (found.uid !== ownUser()) throw new Error("belongs to another user");
  if ((found.mode & 0o022) !== 0) throw new Error("others may write to it");
}

/** Synced before it gets its name: after a power cut the file is whole or not there, so its presence is enough. */
function writeWhole(path: string, content: Uint8Array): void {
  const partial = `${path}.${process.pid}.${Date.now()}`;
  const file = openSync(partial, "wx", 0o500);
  try {
    for (let at = 0; at < content.length;) at += writeSync(file, content, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(partial, path);
}

function openAddon(path: string): unknown {
  const loaded: { exports: unknown } = { exports: {} };
  process.dlopen(loaded, path);
  return loaded.exports;
}

function ownUser(): number {
  return process.geteuid?.() ?? 0;
}
