import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import type { Architecture } from "./addons.ts";

/** binutils for another architecture carry its GNU name: strip knows only the formats it was built for. */
const FOREIGN: Record<Architecture, { tool: string; debianPackage: string }> = {
  x64: { tool: "x86_64-linux-gnu-strip", debianPackage: "binutils-x86-64-linux-gnu" },
  arm64: { tool: "aarch64-linux-gnu-strip", debianPackage: "binutils-aarch64-linux-gnu" },
};

/**
 * The strip(1) for binaries of that architecture; installs it when it is missing and we are root.
 *
 * @throws Error that says what to install, when it is missing and we are not root
 */
export function stripTool(architecture: Architecture): string {
  const native = { tool: "strip", debianPackage: "binutils" };
  const { tool, debianPackage } = architecture === process.arch ? native : FOREIGN[architecture];
  if (isOnPath(tool)) return tool;
  if (process.geteuid?.() !== 0) throw new Error(`${tool} is missing: sudo apt-get install ${debianPackage}`);
  installPackage(debianPackage);
  return tool;
}

function isOnPath(tool: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function installPackage(name: string): void {
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", name]])
    execFileSync("apt-get", ["-qq", ...args], { env: environment, stdio: ["ignore", "ignore", "inherit"] });
}
