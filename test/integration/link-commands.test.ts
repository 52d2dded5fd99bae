import t, { type Test } from "tap";
import { v7 } from "uuid";
import { keyOf } from "../../src/link/index.ts";
import { isFinal, type Birth, type CommandProgress } from "../../src/message/index.ts";
import { startCliAgent, untilStatus, type CliAgent } from "../support/cli-agent.ts";
import { TestDevice } from "../support/link-device.ts";
import { LiveDevice } from "../support/live-device.ts";

const LOOK_MS = 20;
const LONG_MS = 60_000;
const VALUE = { value: { type: "integer" } } as const;

/** Commands that stay under way until the test ends them. */
function slowDevice(): TestDevice {
  const device = new TestDevice({
    commands: {
      once: { description: "", arguments: VALUE, timeoutMs: LONG_MS },
      again: { description: "", arguments: VALUE, timeoutMs: LONG_MS, idempotent: true },
    },
    run: (name, args, key) => {
      device.ran.push({ name, value: args["value"], key });
      return "pending";
    },
  });
  return device;
}

async function start(t: Test, device: TestDevice): Promise<{ live: LiveDevice; agent: CliAgent }> {
  const live = await LiveDevice.open(device);
  const agent = await startCliAgent(
    `clock: synced\ndevices:\n  micro: { driver: dunlin-link, port: "${live.address}" }\n`,
  );
  t.teardown(async () => {
    await agent.close();
    await live.close();
  });
  return { live, agent };
}

/** Looks until it is so; the limit is only a guard against hanging. */
async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const guard = AbortSignal.timeout(LONG_MS);
  while (!(await isSo())) {
    if (guard.aborted) throw new Error(`waited ${LONG_MS} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function progressOf({ client }: CliAgent, id: string): Promise<CommandProgress | undefined> {
  return (await client.query("command", { id }).catch(() => undefined)) as CommandProgress | undefined;
}

async function ended(agent: CliAgent, id: string): Promise<CommandProgress> {
  let progress: CommandProgress | undefined;
  await until(async () => {
    progress = await progressOf(agent, id);
    return progress !== undefined && isFinal(progress.state);
  }, `the end of ${id}`);
  return progress as CommandProgress;
}

async function stateIs(agent: CliAgent, id: string, state: CommandProgress["state"]): Promise<void> {
  await until(async () => (await progressOf(agent, id))?.state === state, `${id} to be ${state}`);
}

/** What becomes of it is asked for, not awaited: the agent may be killed meanwhile. */
function push({ client }: CliAgent, name: string, value: number): string {
  const id = v7();
  client.push("pi/micro", name, { value }, { id, expiresMs: 120_000 }).catch(() => undefined);
  return id;
}

t.test("a command that comes before the device has said what it can do waits for it", async (t) => {
  const { live, agent } = await start(t, slowDevice());
  live.isOff = true;
  await untilStatus(agent, "the device to be silent", ({ devices }) => devices["micro"]?.state === "silent");
  const id = push(agent, "once", 5);
  const typo = push(agent, "twice", 5);
  await stateIs(agent, id, "accepted");
  await stateIs(agent, typo, "accepted");
  t.same(live.device.ran, []);
  live.isOff = false;
  await until(() => live.device.ran.length === 1, "it to run");
  live.device.link.finish(keyOf(id), true);
  t.match(await ended(agent, id), { state: "succeeded" });
  t.match(await ended(agent, typo), { state: "rejected", code: "command-unknown" });
});

t.test("kill -9 in the middle of commands: none runs twice, and that may is told its end", async (t) => {
  const { live, agent } = await start(t, slowDevice());
  const once = push(agent, "once", 1);
  const again = push(agent, "again", 2);
  await until(() => live.device.ran.length === 2, "both to run");
  await stateIs(agent, once, "running");
  await stateIs(agent, again, "running");
  live.isOff = true;
  await agent.cli.stop("SIGKILL");
  await agent.restart();
  // So the port is open, and nobody has answered.
  await untilStatus(agent, "the device to be silent", ({ devices }) => devices["micro"]?.state === "silent");
  await stateIs(agent, again, "running");
  live.isOff = false;
  t.match(await ended(agent, once), { state: "failed", code: "interrupted" });
  live.device.link.finish(keyOf(again), true);
  t.match(await ended(agent, again), { state: "succeeded" });
  t.same(live.device.ran.map(({ name }) => name).sort(), ["again", "once"], "the device knows its key");
});

t.test(
  "the device is reset: what it ran is interrupted, or runs again; what it has no more is gone",
  async (t) => {
    const { live, agent } = await start(t, slowDevice());
    const once = push(agent, "once", 1);
    const again = push(agent, "again", 2);
    await until(() => live.device.ran.length === 2, "both to run");
    live.device.reset({ metrics: { other: { type: "boolean" } } });
    await until(() => live.device.ran.length === 3, "the one to run again");
    live.device.link.finish(keyOf(again), true);
    t.match(await ended(agent, once), { state: "failed", code: "interrupted" });
    t.match(await ended(agent, again), { state: "succeeded" });
    let metrics: string[] = [];
    await until(async () => {
      const birth = (await agent.client.query("describe")) as Birth;
      metrics = Object.keys(birth.devices["micro"]?.metrics ?? {}).filter(
        (name) => !name.startsWith("link_"),
      );
      return metrics.includes("other");
    }, "the new description");
    t.same(metrics, ["other"]);
  },
);
