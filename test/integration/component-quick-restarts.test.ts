import t from "tap";
import { Collector, isReading, startAgent } from "../support/agent.ts";
import { kill } from "../support/program.ts";
import { RawComponent, startExample } from "../support/raw-component.ts";

/** A PAIR ignores for good a peer that comes while the last one's pipe is still there; every restart can hit that. */
const RESTARTS = 20;

t.test("twenty restarts of a component, each before its end was noticed: each is served", async (t) => {
  const test = await startAgent({ components: [{ kind: "foreign", name: "weather" }] });
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["telemetry/"]);
  for (let restart = 0; restart < RESTARTS; restart++) {
    const before = seen.telemetry("weather").length;
    const component = startExample(test);
    await seen.first(`a reading of start ${restart}`, isReading("weather", before + 1));
    // The next one starts while this one dies.
    void kill(component);
  }
  const seqs = seen.telemetry("weather").map(({ seq }) => seq);
  t.ok(seqs.length >= RESTARTS, `${seqs.length} readings`);
  t.same(
    seqs,
    seqs.map((_, at) => at + 1),
    "numbered without gap or repetition",
  );
});

t.test(
  "a new instance in the very instant in which the last one goes: served, if need be by a second socket",
  async (t) => {
    const test = await startAgent({ components: [{ kind: "foreign", name: "raw" }] });
    t.teardown(() => test.close());
    let sockets = 0;
    for (let restart = 0; restart < 10; restart++) {
      const attached = await RawComponent.attach(test, "raw", { raw: {} });
      t.equal(attached.said.verb, "welcome");
      sockets += attached.sockets;
      attached.raw.close();
    }
    t.comment(`${sockets - 10} of 10 were ignored at first`);
  },
);
