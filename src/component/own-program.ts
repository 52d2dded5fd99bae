import { isSea } from "node:sea";
import { fileURLToPath } from "node:url";

/**
 * The program and the leading arguments with which this same program is started again, under another role.
 *
 * The packed binary is its own program: Node takes no options of its own from its command line, every argument is
 * ours. Unpacked, it is the Node that runs us with the command line's main module, and not process.argv[1]: inside a
 * test that would be the test, which would start itself without end.
 *
 * DUNLIN_PROGRAM, words parted by spaces and without quoting, replaces it. It is there for tests of the arm64 binary
 * on another machine, where the kernel cannot start process.execPath: `qemu-aarch64 -L /usr/aarch64-linux-gnu ./dunlin`.
 * Children inherit it.
 */
export function ownProgram(): { command: string; args: string[] } {
  const [command, ...args] = process.env["DUNLIN_PROGRAM"]?.split(" ").filter(Boolean) ?? [];
  if (command !== undefined) return { command, args };
  if (isSea()) return { command: process.execPath, args: [] };
  // Built for npm, both of us end in .js.
  const main = new URL(`../cli/main${import.meta.url.slice(-3)}`, import.meta.url);
  return { command: process.execPath, args: [fileURLToPath(main)] };
}
