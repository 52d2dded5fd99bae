#!/usr/bin/env node
import { exitCodeOfUsage, makeProgram } from "./program.ts";
import { withProfile } from "./profile-word.ts";

// A reader that has gone (`dunlin sub | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

// What `ps` and `pgrep` show.
process.title = "dunlin";

const program = makeProgram((code) => process.exit(code));
try {
  await program.parseAsync(withProfile(process.argv));
} catch (thrown) {
  const code = exitCodeOfUsage(thrown);
  if (code === undefined) throw thrown;
  process.exit(code);
}
