import t from "tap";
import { Collector, isReading, isState } from "../support/agent.ts";
import { startFaultyAgent, statusOf } from "../support/faulty-agent.ts";

t.test("a driver that throws fails its device only, and is started again", async (t) => {
  const test = await startFaultyAgent({ bridge: { good: "counter", bad: "counter" } });
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["telemetry/", "state/"]);
  await seen.first("a reading of bad", isReading("bad", 5));
  const { pid } = (await statusOf(test)).components["bridge"] ?? {};

  const outcome = await test.client.push("pi/bad", "throw");
  t.match(outcome, { state: "failed", code: "driver-failed", reason: /made to fail/ });
  const failed = await seen.first("failure of bad", isState("bad", "failed"));
  t.match(failed, { status: { reason: "its driver failed: made to fail", code: "driver-failed" } });
  const last = seen.telemetry("bad").at(-1)?.seq ?? 0;
  await seen.first("bad again", isReading("bad", last + 5));
  const last2 = seen.telemetry("good").at(-1)?.seq ?? 0;
  await seen.first("good all along", isReading("good", last2 + 1));
  t.equal((await statusOf(test)).components["bridge"]?.pid, pid, "the bridge is the same process");
  t.notOk(
    seen.states("good").some(({ state }) => state === "failed" || state === "silent"),
    "the other device noticed nothing",
  );
});

t.test("a driver that keeps failing is held back without taking the others with it", async (t) => {
  const test = await startFaultyAgent({ bridge: { good: "counter", bad: "thrower" } });
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["telemetry/", "state/"]);
  await seen.first("failure of bad", isState("bad", "failed"));
  const before = seen.telemetry("good").at(-1)?.seq ?? 0;
  await seen.first("good for three seconds", isReading("good", before + 150));
  const { counters } = (await statusOf(test)).devices["bad"] ?? {};
  t.ok(
    (counters?.["driverFailures"] ?? 99) <= 4,
    `held back: ${counters?.["driverFailures"]} starts in about three seconds`,
  );
  const rejected = await test.client.push("pi/bad", "throw");
  t.match(rejected, { state: "failed" }, "a command for it ends");
});
