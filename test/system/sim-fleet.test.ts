import t from "tap";
import { dunlin, RunningCli } from "../support/cli.ts";
import { startCliHub, untilOnline } from "../support/hub.ts";

t.setTimeout(180_000);

const AGENTS = 30;

t.test(
  "a simulated fleet: all come, also to a hub that is killed; a command runs once at each and fails where it is to",
  async (t) => {
    const hub = await startCliHub();
    t.teardown(() => hub.close());
    const words = [
      "--agents",
      String(AGENTS),
      "--hub",
      hub.address,
      "--fail",
      "10%",
      "--processes",
      "2",
      "--rate",
      "5",
      "--json",
    ];
    const fleet = new RunningCli(["sim", "fleet", ...words]);
    t.teardown(() => fleet.stop());
    const names = Array.from({ length: AGENTS }, (_, at) => `sim-${String(at).padStart(4, "0")}`);
    await untilOnline(hub, names);
    await hub.cli.stop("SIGKILL");
    await hub.restart();
    await untilOnline(hub, names);
    const { runs, progress } = await hub.client.pushMany(
      "site=s1 or site=s2",
      "restart-sensor",
      {},
      {
        expiresMs: 60_000,
        device: "sensor",
      },
    );
    t.match(progress, { state: "failed", result: { agents: 6, succeeded: 4, failed: 2 } });
    t.strictSame(
      runs.filter(({ state }) => state === "failed").map(({ agent }) => agent),
      ["sim-0001", "sim-0002"],
    );
    t.equal(await fleet.stop(), 0);
    const last = JSON.parse(fleet.stdout.trim().split("\n").at(-1) ?? "") as Record<string, number>;
    t.match(last, { commands: 6, again: 0, faults: 0 });
    let [got, lost] = [0, 0];
    for await (const batch of hub.client.subscribeDurable([], { from: "start" }).batches()) {
      for (const { kind } of batch)
        if (kind === "telemetry") got++;
        else if (kind === "lost") lost++;
      if (got + lost >= (last["readings"] ?? 0)) break;
    }
    t.strictSame([got, lost], [last["readings"], 0], "every reading is in the hub's journal, once");
  },
);

t.test("what is wrong is said at once", async (t) => {
  for (const [option, value, said] of [
    ["--agents", "0", /--agents takes a whole number/],
    ["--rate", "fast", /--rate takes a number, or most/],
    ["--fail", "20", /--fail takes a share/],
    ["--away", "200", /--away takes so many/],
    ["--for", "soon", /--for takes a duration/],
    ["--prefix", "A_", /--prefix takes the beginning/],
  ] as const)
    t.match(await dunlin(["sim", "fleet", option, value]), { code: 2, stderr: said }, option);
});
