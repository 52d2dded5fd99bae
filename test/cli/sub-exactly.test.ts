import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { freeBasePort } from "../support/agent.ts";
import { dunlin, RunningCli, type Ended } from "../support/cli.ts";
import { ModelAgent, ModelJournal } from "../support/model-agent.ts";

/** A model agent with a heartbeat, and `dunlin sub` against it with a state folder of its own. */
class Bench {
  readonly agent: ModelAgent;
  readonly journal: ModelJournal;
  readonly folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  readonly #address: string;
  readonly #beat: NodeJS.Timeout;

  private constructor(agent: ModelAgent, journal: ModelJournal, port: number) {
    this.agent = agent;
    this.journal = journal;
    this.#address = `tcp://127.0.0.1:${port}`;
    this.#beat = setInterval(() => agent.heartbeat(), 100);
  }

  static async open(t: Test, readings: number): Promise<Bench> {
    const journal = new ModelJournal();
    const port = await freeBasePort();
    const agent = await ModelAgent.open({ port, journal, devices: ["gps"], epoch: 2 });
    agent.publish("gps", readings, "unseen");
    agent.commit();
    const bench = new Bench(agent, journal, port);
    t.teardown(() => bench.#close());
    return bench;
  }

  sub(...args: readonly string[]): Promise<Ended> {
    return dunlin(this.#args(args), this.#options);
  }

  start(...args: readonly string[]): RunningCli {
    return new RunningCli(this.#args(args), this.#options);
  }

  #args(args: readonly string[]): string[] {
    return ["sub", "-a", this.#address, ...args];
  }

  get #options() {
    return { env: { XDG_STATE_HOME: this.folder } };
  }

  #close(): void {
    clearInterval(this.#beat);
    this.agent.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function seqsIn(text: string): number[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { seq: number }).seq);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

t.test("an export: from a place until caught up", async (t) => {
  const bench = await Bench.open(t, 2_300);
  const all = await bench.sub("--from", "start", "--until-caught-up", "--json");
  t.equal(all.code, 0, all.stderr);
  t.same(seqsIn(all.stdout), range(1, 2_300));
  const some = await bench.sub("pi/gps", "--from", "2/2297", "--until-caught-up", "--csv");
  t.match(some.stdout, /^time,agent,.*\n.*,pi,gps,2,2298,.*\n.*,2299,.*\n.*,2300,.*\n$/);
});

t.test("what is lost is said, and counts with --strict", async (t) => {
  const bench = await Bench.open(t, 10);
  bench.journal.retain("gps", 4);
  const text = await bench.sub("--from", "start", "--until-caught-up");
  t.match(text, { code: 0, stderr: /pi\/gps: lost 1 to 4 of epoch 2/ });
  const strict = await bench.sub("--from", "start", "--until-caught-up", "--json", "--strict");
  t.equal(strict.code, 6);
  const lost = { kind: "lost", agent: "pi", device: "gps", epoch: 2, from: 1, to: 4 };
  t.same(JSON.parse(strict.stdout.split("\n")[0] ?? ""), lost);
  const csv = await bench.sub("--from", "start", "--until-caught-up", "--csv");
  t.notMatch(csv.stdout, /lost/);
  t.match(csv.stderr, /lost 1 to 4/);
  t.equal((await bench.sub("pi/gps", "--from", "2/4", "--until-caught-up", "--strict")).code, 0);
});

t.test("a named subscription goes on where it was, to the reading", async (t) => {
  const bench = await Bench.open(t, 30);
  const named = ["--durable", "a", "--from", "start", "--json"];
  const first = await bench.sub(...named, "-n", "12");
  const second = await bench.sub(...named, "--until-caught-up");
  t.same([...seqsIn(first.stdout), ...seqsIn(second.stdout)], range(1, 30));
  const third = await bench.sub(...named, "--until-caught-up");
  t.same(third, { code: 0, stdout: "", stderr: "" });
});

t.test(
  "a named subscription without a place begins with what is live, also if it first found nobody",
  async (t) => {
    const bench = await Bench.open(t, 30);
    const nobody = ["sub", "-a", "tcp://127.0.0.1:9", "--durable", "a", "--timeout", "0.3"];
    t.equal((await dunlin(nobody, { env: { XDG_STATE_HOME: bench.folder } })).code, 3);
    t.same(await bench.sub("--durable", "a", "--json", "--until-caught-up"), {
      code: 0,
      stdout: "",
      stderr: "",
    });
    bench.agent.publish("gps", 3, "unseen");
    bench.agent.commit();
    const { stdout } = await bench.sub("--durable", "a", "--json", "--until-caught-up");
    t.same(seqsIn(stdout), range(31, 33), "what came between the runs");
  },
);

t.test("killed with -9 again and again, the file has every reading once", async (t) => {
  const bench = await Bench.open(t, 5_000);
  const path = join(bench.folder, "out.jsonl");
  const named = ["--durable", "a", "--from", "start", "--json", "--output", path];
  const length = (): number => {
    try {
      return readFileSync(path).length;
    } catch {
      return 0;
    }
  };
  for (let run = 0; run < 4; run++) {
    const before = length();
    const cli = bench.start(...named);
    bench.agent.publish("gps", 500, run % 2 === 0 ? "seen" : "unseen");
    bench.agent.commit();
    await until("it writes", () => length() !== before);
    // Once before, and once after a save.
    if (run % 2 === 1) await new Promise((resolve) => setTimeout(resolve, 700));
    await cli.stop("SIGKILL");
  }
  const { code, stderr } = await bench.sub(...named, "--until-caught-up");
  t.equal(code, 0, stderr);
  t.same(seqsIn(readFileSync(path, "utf8")), range(1, 7_000));
});

t.test("while it runs its place is saved, and its name is taken", async (t) => {
  const bench = await Bench.open(t, 5);
  const cli = bench.start("--durable", "a", "--from", "start", "--json");
  await until("they are shown", () => cli.stdout.split("\n").length > 5);
  t.match(await bench.sub("--durable", "a"), {
    code: 2,
    stderr: /another `dunlin sub --durable a` is running/,
  });
  const path = join(bench.folder, "dunlin/cursors/a.json");
  await until("it is saved, with nothing more to come", () => readFileSync(path, "utf8").includes('"seq":5'));
  t.equal(await cli.stop(), 0);
});

t.test("a reader that goes away has not read what it did not take", async (t) => {
  const bench = await Bench.open(t, 20_000);
  const cli = bench.start("--durable", "a", "--from", "start", "--json");
  await new Promise((resolve) => cli.child.stdout?.once("data", resolve));
  cli.child.stdout?.destroy();
  await cli.ended;
  const { stdout } = await bench.sub("--durable", "a", "--json", "-n", "1");
  const [next = 0] = seqsIn(stdout);
  t.ok(next > 0 && next < 20_000, `it goes on at ${next}, without being told anew where to begin`);
});

t.test("a cursor of another agent is reported with its file", async (t) => {
  const bench = await Bench.open(t, 5);
  const ahead = await bench.sub("pi/gps", "--from", "9/1", "--durable", "a");
  t.match(ahead, {
    code: 2,
    stderr: /9\/1 of pi\/gps is ahead of the agent.*a\.json: delete it to begin anew/,
  });
});
