import { spawnSync } from "node:child_process";
import t from "tap";
import { dunlin } from "../support/cli.ts";

t.test("help of every command shows an example where words alone do not do", async (t) => {
  const { stdout, code } = await dunlin(["--help"]);
  t.equal(code, 0);
  for (const name of [
    "agent",
    "sub",
    "push",
    "query",
    "hub",
    "fleet",
    "rollout",
    "record",
    "replay",
    "ports",
    "check",
    "schema",
    "install",
    "completion",
    "version",
  ])
    t.match(stdout, new RegExp(`^  ${name}\\b`, "m"));
  t.match(stdout, /Exit codes:/);
  t.notMatch(stdout, /component/, "what the agent starts by itself is not for people");
  for (const name of [
    "agent",
    "sub",
    "push",
    "query",
    "hub",
    "fleet",
    "rollout",
    "record",
    "replay",
    "schema",
    "completion",
  ])
    t.match((await dunlin([name, "--help"])).stdout, /Examples?:/, name);
});

t.test("wrong usage is exit code 2, says what is wrong and what may be meant", async (t) => {
  t.match(await dunlin(["pusch"]), { code: 2, stderr: /Did you mean push/ });
  t.match(await dunlin(["sub", "--jsn"]), { code: 2, stderr: /Did you mean --json/ });
  t.match(await dunlin(["sub", "--json", "--csv"]), { code: 2, stderr: /exclude each other/ });
  t.match(await dunlin(["push", "pi/gps"]), { code: 2, stderr: /missing required argument/ });
  t.match(await dunlin(["push", "pi/gps", "rate", "fast"]), { code: 2, stderr: /not key=value/ });
  t.match(await dunlin(["query", "everything"]), {
    code: 2,
    stderr: /describe, status, read, replay, command, commands/,
  });
  t.match(await dunlin(["sub", "-a", "tcp://host:99999"]), { code: 2, stderr: /not an agent's address/ });
});

t.test("nobody there is exit code 3, as JSON where it is asked for", async (t) => {
  const { code, stderr } = await dunlin([
    "query",
    "status",
    "-a",
    "tcp://127.0.0.1:9",
    "--timeout",
    "0.2",
    "--json",
  ]);
  t.equal(code, 3);
  t.match(JSON.parse(stderr), {
    error: { code: "timed-out", retryable: true, endpoint: "tcp://127.0.0.1:11" },
  });
});

t.test("version says what it is made of", async (t) => {
  const { stdout } = await dunlin(["version", "--json"]);
  t.match(JSON.parse(stdout), { dunlin: /^\d+\.\d+\.\d+/, protocol: "1", node: /^\d+\./, libzmq: /^4\./ });
});

t.test("bash completes commands, flags and choices", async (t) => {
  const { stdout } = await dunlin(["completion", "bash"]);
  const complete = (...words: string[]): string => {
    const script = `${stdout}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _dunlin; echo "\${COMPREPLY[*]}"`;
    return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.trim();
  };
  t.equal(complete("dunlin", "pu"), "push");
  t.equal(complete("dunlin", "query", "st"), "status");
  t.match(complete("dunlin", "sub", "--"), /--json .*--csv/);
});
