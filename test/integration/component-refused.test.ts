import t from "tap";
import { Collector, isReading, startAgent } from "../support/agent.ts";
import { statusOf } from "../support/faulty-agent.ts";
import { RawComponent } from "../support/raw-component.ts";

t.test(
  "a component whose hello is refused is told why, is not live, and nothing of it is taken",
  async (t) => {
    const test = await startAgent({
      components: [
        { kind: "foreign", name: "one" },
        { kind: "foreign", name: "two" },
      ],
    });
    t.teardown(() => test.close());
    const one = await RawComponent.attach(test, "one", { air: {} });
    t.teardown(() => one.raw.close());
    const epoch = one.said.message["epoch"] as number;

    const two = new RawComponent(test, "two");
    t.teardown(() => two.close());
    const hello = { protocol: 1, component: "two" };
    t.match(await two.hello({ ...hello, protocol: 2 }), {
      verb: "refused",
      message: { code: "version-unsupported" },
    });
    t.match(await two.hello({ ...hello, devices: { rain: {}, air: {} } }), {
      verb: "refused",
      message: { code: "component-refused", message: "device air belongs to component one, not to two" },
    });
    t.match(await two.hello({ ...hello, devices: { "No Name": {} } }), {
      message: { code: "message-invalid" },
    });
    const { components, devices } = await statusOf(test);
    t.equal(components["two"]?.phase, "down");
    t.same(Object.keys(devices), ["air"], "of a declaration that is refused nothing is taken");

    const seen = new Collector(test.client, ["telemetry/"]);
    two.reading("rain", epoch, 1);
    t.match(
      await two.hello({ ...hello, devices: { rain: {} } }),
      { verb: "welcome" },
      "and may mend its ways",
    );
    two.reading("rain", epoch, 1, { now: true });
    t.match(await seen.first("a reading of rain", isReading("rain")), { seq: 1, values: { now: true } });
  },
);

t.test("readings of a component that was presumed lost are not taken until it says hello", async (t) => {
  const test = await startAgent({ components: [{ kind: "foreign", name: "raw" }] });
  t.teardown(() => test.close());
  const { raw, said } = await RawComponent.attach(test, "raw", { rain: {} });
  t.teardown(() => raw.close());
  const epoch = said.message["epoch"] as number;
  const seen = new Collector(test.client, ["telemetry/"]);
  raw.reading("rain", epoch, 1);
  await seen.first("the first reading", isReading("rain"));
  t.match(await raw.hello({ protocol: 9, component: "raw" }), { verb: "refused" });
  raw.reading("rain", epoch, 2);
  t.match(await raw.hello({ protocol: 1, component: "raw", devices: { rain: {} } }), {
    message: { streams: { rain: { next: 2 } } },
  });
});
