import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Push } from "zeromq";
import t from "tap";
import { v7 } from "uuid";
import { encodeCommand, isFinal, type CommandProgress } from "../../src/message/index.ts";
import { connect } from "../../src/client/index.ts";
import { startCliAgent, statusOf } from "../support/cli-agent.ts";

const HOSE = join(import.meta.dirname, "../support/firehose.mjs");
const COMMANDS = 1_000;
const KILLS = 4;
const AT_ONCE = 50;

/**
 * Nobody listens to what becomes of the commands, so every acknowledgement is lost and each is sent again and again; the
 * agent is killed with -9 meanwhile, and its component with it.
 */
t.test(`${COMMANDS} commands, sent again and again to an agent that is killed`, async (t) => {
  const ran = join(t.testdir(), "ran");
  const test = await startCliAgent(
    `clock: synced\ncomponents:\n  hose: { command: [${process.execPath}, ${HOSE}, "0", ${ran}] }\n`,
  );
  t.teardown(() => test.close());
  await statusOf(test);
  const push = new Push({ linger: 0, reconnectInterval: 50, reconnectMaxInterval: 200 });
  t.teardown(() => push.close());
  push.connect(test.address.replace(/\d+$/, (port) => String(Number(port) + 1)));

  const issued = Date.now() * 1_000;
  const bodies = Array.from({ length: COMMANDS }, (_, i) => {
    const name = i % 4 === 0 ? "again" : "once";
    const command = { id: v7(), target: "pi/hose", name, args: {}, issuer: "test" };
    return { id: command.id, body: encodeCommand({ ...command, issued, expires: issued + 300_000_000 }) };
  });
  for (let round = 0; round <= KILLS; round++) {
    for (const { body } of bodies.slice(0, (COMMANDS / KILLS) * (round + 1))) await push.send(body);
    if (round === KILLS) break;
    // It answers again, and is in the middle of them.
    await statusOf(test);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 200));
    await test.cli.stop("SIGKILL");
    await test.restart();
  }

  // A new one: the requests of one whose agent was killed time out.
  const client = connect(test.address);
  t.teardown(() => client.close());
  const progress = async (id: string): Promise<CommandProgress> => {
    for (;;) {
      const answer = await client.query("command", { id }).catch(() => undefined);
      if (answer && isFinal((answer as CommandProgress).state)) return answer as CommandProgress;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const outcomes = new Map<string, CommandProgress>();
  for (let at = 0; at < bodies.length; at += AT_ONCE)
    await Promise.all(
      bodies.slice(at, at + AT_ONCE).map(async ({ id }) => outcomes.set(id, await progress(id))),
    );
  const states = Map.groupBy(outcomes.values(), ({ state, code = "" }) => `${state} ${code}`.trim());
  t.comment(`note: ${[...states].map(([state, all]) => `${all.length} ${state}`).join(", ")}`);
  t.equal(outcomes.size, COMMANDS, "each has a final state");
  t.ok([...states.keys()].every((state) => state === "succeeded" || state === "failed interrupted"));

  const runs = Map.groupBy(readFileSync(ran, "utf8").trim().split("\n"), (line) => line);
  const twice = [...runs].filter(([line, all]) => all.length > 1 && line.endsWith("once"));
  t.same(twice, [], "none that must not ran twice");
  const lied = bodies.filter(
    ({ id }) =>
      outcomes.get(id)?.state === "succeeded" && !runs.has(`${id} once`) && !runs.has(`${id} again`),
  );
  t.same(lied, [], "what succeeded did run");
});
