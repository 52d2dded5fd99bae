import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import type { TelemetryMessage } from "../../src/client/index.ts";
import { journalOf, startAgentOf, startCliHub, untilOnline } from "../support/hub.ts";
import { RawComponent } from "../support/raw-component.ts";

const READINGS = 20_000;

t.test(
  "a hub that is killed while it fetches what it missed has all of it in the end, once and in order",
  async (t) => {
    const hub = await startCliHub();
    t.teardown(() => hub.close());
    const state = mkdtempSync(join(tmpdir(), "dunlin-"));
    const agent = await startAgentOf(hub, "pi", {
      stateDirectory: state,
      journal: journalOf(state, "agent"),
      components: [{ kind: "foreign", name: "raw" }],
    });
    t.teardown(async () => {
      await agent.close();
      rmSync(state, { recursive: true, force: true });
    });
    await untilOnline(hub, ["pi"]);

    const { raw } = await RawComponent.attach(agent, "raw", { meter: { driver: "raw" } });
    t.teardown(() => raw.close());
    const epoch = agent.agent.epoch;
    const say = (from: number, to: number): void => {
      for (let seq = from; seq <= to; seq++) raw.reading("meter", epoch, seq);
    };
    const stream = hub.client.subscribeDurable("pi/meter", { from: "start" });
    const seen: TelemetryMessage[] = [];
    const lost: unknown[] = [];
    const all = (async () => {
      for await (const message of stream) {
        if (message.kind === "telemetry") seen.push(message);
        if (message.kind === "lost") lost.push(message);
        if (seen.at(-1)?.seq === READINGS) return;
      }
    })();

    say(1, READINGS / 2);
    hub.cli.child.kill("SIGKILL");
    say(READINGS / 2 + 1, READINGS);
    await hub.restart();
    await untilOnline(hub, ["pi"]);
    // Now it fetches.
    hub.cli.child.kill("SIGKILL");
    await hub.restart();
    await all;
    stream.close();

    t.same(lost, [], "nothing is lost");
    t.equal(seen.length, READINGS, "nothing comes twice");
    t.ok(
      seen.every(({ seq }, i) => seq === i + 1),
      "in order",
    );
  },
);
