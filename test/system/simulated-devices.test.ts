import t from "tap";
import { Collector, isReading } from "../support/agent.ts";
import { dunlin } from "../support/cli.ts";
import { startCliAgent, statusOf } from "../support/cli-agent.ts";

t.test("agent --sim: three devices, a command and its effect, queries, a clean end", async (t) => {
  const test = await startCliAgent();
  t.teardown(() => test.close());
  const { address } = test;
  const seen = new Collector(test.client, ["telemetry/", "state/"]);
  for (const device of ["gps", "air", "greenhouse"]) await seen.first(device, isReading(device, 2));

  const sub = await dunlin(["sub", "-a", address, "pi/gps", "--json", "-n", "3", "--timeout", "20"]);
  t.equal(sub.code, 0, sub.stderr);
  const messages = sub.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  t.match(messages[0], {
    kind: "telemetry",
    agent: "pi",
    device: "gps",
    seq: Number,
    values: { sentence: String },
  });

  const before = await seen.first(
    "the fan off",
    (m) => isReading("greenhouse")(m) && m.kind === "telemetry" && m.values["fan"] === false,
  );
  const push = await dunlin(["push", "-a", address, "pi/greenhouse", "fan", "on=true"]);
  t.match(push, { code: 0, stdout: /accepted .*\nrunning .*\nsucceeded / });
  const after = await seen.first(
    "the fan on",
    (m) => isReading("greenhouse")(m) && m.kind === "telemetry" && m.values["fan"] === true,
  );
  t.ok(before.kind === "telemetry" && after.kind === "telemetry" && after.seq > before.seq);

  const wrong = await dunlin(["push", "-a", address, "pi/greenhouse", "fan", "on=perhaps"]);
  t.match(wrong, { code: 4, stdout: /rejected .*argument on is "perhaps": expected boolean/ });
  t.match(await dunlin(["push", "-a", address, "pi/greenhuse", "fan"]), {
    code: 4,
    stdout: /no device greenhuse: there are gps, air, greenhouse/,
  });

  const stranger = await dunlin(["push", "-a", address, "plant9/greenhouse", "fan", "on=true"]);
  t.match(
    stranger,
    { code: 4, stdout: /rejected .*this is agent pi, not plant9/ },
    "a command for another agent is not waited for",
  );

  const describe = await dunlin(["query", "-a", address, "describe", "--json"]);
  t.match(JSON.parse(describe.stdout), {
    agent: "pi",
    devices: { gps: { metrics: { latitude: { unit: "deg" } } } },
  });
  const read = await dunlin(["query", "-a", address, "read", "device=air", "--json"]);
  t.match(JSON.parse(read.stdout), { air: { values: { pm2_5: Number } } });
  t.match(await statusOf(test), { epoch: 1, devices: { gps: { state: "online" } } });

  t.equal(await test.cli.stop("SIGINT"), 0, "ends by itself when asked to");
  await seen.first("the last word", (m) => m.kind === "state" && m.state.type === "stopped");
});

t.test("a late subscriber gets the last value at once, and states when it asks for them", async (t) => {
  const test = await startCliAgent();
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["pi/greenhouse"]);
  const first = await seen.first("a reading", isReading("greenhouse"));
  const late = new Collector(test.client, ["telemetry/pi/greenhouse/", "state/"]);
  const earliest = await late.first("its last value", isReading("greenhouse"));
  t.ok(first.kind === "telemetry" && earliest.kind === "telemetry" && earliest.seq >= first.seq);
  const birth = await late.first("a birth", (m) => m.kind === "state" && m.state.type === "birth");
  t.match(birth, {
    state: {
      agent: "pi",
      protocol: 1,
      devices: { greenhouse: { driver: "json-lines", commands: { fan: {} } } },
    },
  });
});
