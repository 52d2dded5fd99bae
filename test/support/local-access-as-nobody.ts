/** Says what access a user who is not root has to the sockets in a folder. */
import { localAccess } from "../../src/bus/index.ts";

const NOBODY = 65_534;

if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
process.stdout.write(`${localAccess(process.argv[2] ?? "")}\n`);
