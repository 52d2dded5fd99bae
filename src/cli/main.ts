#!/usr/bin/env node
import { report } from "./exit-code.ts";

// A reader that has gone (`dunlin sub | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

// What `ps` and `pgrep` show.
process.title = "dunlin";

const [, , word, about = ""] = process.argv;
// What an agent starts this program as: of the command line these load nothing.
if (word === "component") {
  const { componentCommand } = await import("./component-command.ts");
  process.exit(await componentCommand(about).catch((thrown: unknown) => report(thrown, false)));
}
if (word === "read-config") {
  const { answerConfig } = await import("./read-config.ts");
  await answerConfig(about);
  process.exit();
}

const [{ exitCodeOfUsage, makeProgram }, { withProfile }] = await Promise.all([
  import("./program.ts"),
  import("./profile-word.ts"),
]);
const program = makeProgram((code) => process.exit(code));
try {
  await program.parseAsync(withProfile(process.argv));
} catch (thrown) {
  const code = exitCodeOfUsage(thrown);
  if (code === undefined) throw thrown;
  process.exit(code);
}
