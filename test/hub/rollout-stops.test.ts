import t from "tap";
import { startHub, untilOnline } from "../support/hub.ts";
import { startPumpAgent } from "../support/pump-agent.ts";

t.setTimeout(180_000);

const BATCH = 5;
const NAMES = Array.from({ length: 20 }, (_, at) => `pi-${String(at).padStart(2, "0")}`);

t.test(
  "a roll-out whose third batch fails 20 % stops at the threshold, and says which agents had what",
  async (t) => {
    const hub = await startHub();
    t.teardown(() => hub.close());
    let begun = 0;
    // Of the third batch one of five.
    const outcome = () => (++begun === 2 * BATCH + 1 ? "failed" : "succeeded");
    const agents = await Promise.all(NAMES.map((name) => startPumpAgent(hub, name, outcome)));
    for (const agent of agents) t.teardown(() => agent.close());
    await untilOnline(hub, NAMES);
    const rollout = { batch: BATCH, abortShare: 0.1 };
    const { progress, runs } = await hub.client.pushMany("pi-*", "once", {}, { device: "pump", rollout });
    t.match(progress, {
      state: "failed",
      code: "rollout-aborted",
      reason: "1 of the last 5 failed; at most 10 % may",
      result: { agents: 20, released: 15, succeeded: 14, failed: 1, cancelled: 5 },
    });
    t.equal(runs.length, NAMES.length, "each is listed");
    for (const { agent, state, code, reason } of runs) {
      const ran = agents.find(({ name }) => name === agent)?.ran.length;
      if (state === "cancelled") t.match([ran, code], [0, "rollout-aborted"], agent);
      else t.equal(ran, 1, agent);
      if (state === "failed") t.equal(reason, "stuck");
    }
  },
);
