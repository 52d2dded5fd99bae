import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import t from "tap";
import manifest from "../../package.json" with { type: "json" };
import { makeProgram } from "../../src/cli/program.ts";
import { withProfile } from "../../src/cli/profile-word.ts";

const ROOT = join(import.meta.dirname, "../..");
const DOCUMENTS = globSync(["*.md", "docs/**/*.md", "devices/*/README.md", "firmware-bridge/**/*.md"], {
  cwd: ROOT,
});

/** Programs that are not ours: what they are told is for them to judge. */
const FOREIGN = new Set(
  "apt systemctl systemd-analyze systemd-creds journalctl sudoedit install mv tar date tee curl cc python3 node kill ss socat stty grep head jq cat docker git arduino-cli make avrdude mkdir cp ssh export cd timedatectl ln npm scp rm echo pip chmod sha256sum usermod nft udevadm qemu-system-avr mosquitto_pub hostname".split(
    " ",
  ),
);

interface Shown {
  readonly file: string;
  readonly words: readonly string[];
}

/** Every command in every `sh` block, as a shell parts it into words; what stands in `$(…)` counts by itself. */
function shown(file: string): Shown[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const blocks = [...text.matchAll(/^( *)```sh\n([\s\S]*?)^\1```/gm)].map(([, , block = ""]) => block);
  return blocks.flatMap((block) => commandsIn(block).map((words) => ({ file, words })));
}

function commandsIn(script: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (let at = 0; at < script.length; at++) {
    const rest = script.slice(at);
    const quoted = /^'([^']*)'|^"((?:[^"\\]|\\.)*)"/.exec(rest);
    const inner = /^"?\$\(([^()]*)\)/.exec(rest);
    const within = quoted?.[2] === undefined ? undefined : /\$\(([^()]*)\)/.exec(quoted[2]);
    if (within) commands.push(...commandsIn(within[1] ?? ""));
    if (rest.startsWith("\\\n")) at++;
    else if (inner && !quoted) {
      commands.push(...commandsIn(inner[1] ?? ""));
      word = `${word ?? ""}x`;
      at += inner[0].length - 1;
    } else if (quoted) {
      word = (word ?? "") + (quoted[1] ?? quoted[2] ?? "");
      at += quoted[0].length - 1;
    } else if (/^[ \t]/.test(rest)) endWord();
    else if (rest.startsWith("#") && word === undefined) at += rest.search(/\n|$/) - 1;
    else if (/^(?:\n|;|\|\|?|&&?)/.test(rest)) {
      endCommand();
      at += (/^(?:\|\||&&)/.exec(rest)?.[0].length ?? 1) - 1;
    } else if (/^(?:\d?>>?|<)/.test(rest)) {
      endWord();
      // Where it goes to or comes from is no argument.
      at += (/^(?:\d?>>?|<)\s*(?:\([^()]*\)|\S+)/.exec(rest)?.[0].length ?? 1) - 1;
    } else word = (word ?? "") + script[at];
  }
  endCommand();
  return commands;
}

/** Without what only says how it is run: `sudo -u x`, `NAME=value`, `env`, `npx`. */
function bare([...words]: readonly string[]): string[] {
  for (;;) {
    const [first = ""] = words;
    if (/^[A-Z_]+=/.test(first) || first === "env") words.shift();
    else if (first === "sudo") words.splice(0, words[1] === "-u" ? 3 : 1);
    else return words;
  }
}

const isOurs = (program: string): boolean => /^(?:.*\/)?dunlin(?:-linux-\w+)?$/.test(program);

/** Lets commander look at it as if it were run, and runs nothing. @returns what is wrong with it */
async function faultOf(words: readonly string[]): Promise<string | undefined> {
  const program = makeProgram(() => {});
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (command.commands.length === 0) command.action(() => {});
    command.commands.forEach(quiet);
  };
  quiet(program);
  try {
    await program.parseAsync(withProfile(["node", "dunlin", ...words]));
    return undefined;
  } catch (thrown) {
    const { code = "", message } = thrown as { readonly code?: string; readonly message: string };
    return code.startsWith("commander.help") || code === "commander.version" ? undefined : message;
  }
}

function isThere(words: readonly string[]): boolean {
  const [program = "", verb = "", name = ""] = words;
  if (program === "npm") return verb !== "run" ? true : name in manifest.scripts;
  if (program === "npx") return verb === "tap";
  return existsSync(join(ROOT, program));
}

t.test("every command that the documentation shows is one that there is", async (t) => {
  let ours = 0;
  for (const { file, words } of DOCUMENTS.flatMap(shown)) {
    const [program = "", ...rest] = bare(words);
    const line = `${file}: ${words.join(" ")}`;
    if (isOurs(program)) {
      ours++;
      t.equal(await faultOf(rest), undefined, line);
    } else if (program === "npm" || program === "npx" || /^(?:\.\/)?scripts\//.test(program))
      t.ok(isThere(bare(words)), line);
    else if (!FOREIGN.has(program)) t.fail(`${line}: ${program} is neither ours nor known`);
  }
  t.ok(ours > 50, `${ours} commands`);
});

t.test(
  "what parts a script into commands knows quotes, pipes, comments and what is run within",
  async (t) => {
    t.same(commandsIn(`a 'b c' "d $(e f)" | g > h # i\nj \\\n  k && l=m n "x#y" &`), [
      ["e", "f"],
      ["a", "b c", "d $(e f)"],
      ["g"],
      ["j", "k"],
      ["l=m", "n", "x#y"],
    ]);
  },
);
