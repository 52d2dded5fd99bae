import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the packages are that `npm run package` has made. */
export const DIST = join(import.meta.dirname, "../../dist");
export const { version } = JSON.parse(readFileSync(join(DIST, "../package.json"), "utf8")) as {
  version: string;
};
/** By its name in Debian. */
export const debOf = (architecture: string): string => join(DIST, `dunlin_${version}-1_${architecture}.deb`);
/** The same package as a later version. */
export function repack(deb: string, to: string, newer: string): void {
  const tree = `${to}.tree`;
  mkdirSync(tree);
  execFileSync("dpkg-deb", ["-R", deb, tree]);
  const control = join(tree, "DEBIAN/control");
  writeFileSync(control, readFileSync(control, "utf8").replace(/^Version: .*$/m, `Version: ${newer}`));
  execFileSync("dpkg-deb", ["-Znone", "--root-owner-group", "-b", tree, to], { stdio: "ignore" });
  rmSync(tree, { recursive: true });
}
