import t from "tap";
import { startCliHub, untilOnline } from "../support/hub.ts";
import { startPumpAgent } from "../support/pump-agent.ts";

t.setTimeout(240_000);

const NAMES = Array.from({ length: 12 }, (_, at) => `pi-${String(at).padStart(2, "0")}`);
/** So many have ended when the hub is killed: once in a batch, once between two. */
const KILLS = [3, 8];

t.test(
  "kill -9 of the hub in the middle of a roll-out, twice: it is completed, nothing runs twice",
  async (t) => {
    const hub = await startCliHub();
    t.teardown(() => hub.close());
    const agents = await Promise.all(NAMES.map((name) => startPumpAgent(hub, name)));
    for (const agent of agents) t.teardown(() => agent.close());
    await untilOnline(hub, NAMES);
    const kills: Promise<void>[] = [];
    const ended = ({ succeeded }: Readonly<Record<string, unknown>>): number => Number(succeeded ?? 0);
    const { progress, runs } = await hub.client.pushMany(
      "pi-*",
      "once",
      {},
      {
        device: "pump",
        expiresMs: 180_000,
        rollout: { batch: 2, ratePerMinute: 120 },
        onProgress: ({ result = {} }) => {
          if (ended(result) < (KILLS[kills.length] ?? Infinity)) return;
          hub.cli.child.kill("SIGKILL");
          kills.push(hub.restart());
        },
      },
    );
    await Promise.all(kills);
    t.equal(kills.length, KILLS.length, "it was killed in the middle");
    t.match(progress, { state: "succeeded", result: { agents: NAMES.length, succeeded: NAMES.length } });
    t.same(
      runs.map(({ agent, state }) => [agent, state]),
      NAMES.map((name) => [name, "succeeded"]),
    );
    for (const { name, ran } of agents) t.equal(ran.length, 1, `${name} ran it once`);
  },
);
