import fc from "fast-check";
import t from "tap";
import { TestDevice, testLink } from "../support/link-device.ts";
import { seeded } from "../support/random.ts";

/** Whatever the wire does, and whoever is reset when. */
const faults = fc.record({
  flip: fc.double({ min: 0, max: 0.02, noNaN: true }),
  drop: fc.double({ min: 0, max: 0.02, noNaN: true }),
  insert: fc.double({ min: 0, max: 0.01, noNaN: true }),
  delayMs: fc.constantFrom([0, 0] as const, [1, 20] as const, [100, 900] as const),
  chunkBytes: fc.integer({ min: 1, max: 64 }),
});

t.test("no call runs twice that must not, and all ends when the wire is good again", async (t) => {
  fc.assert(
    fc.property(
      faults,
      fc.array(fc.tuple(fc.constantFrom("device", "host"), fc.integer({ min: 0, max: 1_500 })), {
        maxLength: 8,
      }),
      fc.nat(),
      (wire, resets, seed) => {
        const device = new TestDevice();
        const { run, events } = testLink(wire, device, seed);
        const random = seeded(seed);
        let calls = 0;
        const chat = (ms: number): void =>
          void run.until(() => {
            if (random() < 0.01) run.call(`${calls}`, random() < 0.5 ? "set" : "again", calls++);
            if (random() < 0.01) device.link.reading({ number: 1 }, true);
            if (random() < 0.01) device.link.reading({ plain: 1 }, false);
            return false;
          }, ms);
        for (const [who, afterMs] of resets) {
          chat(afterMs);
          if (who === "host") run.restartHost();
          else {
            run.toHost.cut();
            device.reset();
          }
        }
        chat(500);
        const before = events.length;
        run.restartHost();
        run.mend();
        run.call("last", "set", -1);
        const ended = run.until(
          () => events.slice(before).some((event) => event.type === "outcome" && event.call === "last"),
          20_000,
        );
        const once = device.ran.filter(({ name }) => name === "set").map(({ value }) => value);
        return ended && new Set(once).size === once.length;
      },
    ),
    { numRuns: Number(process.env["DUNLIN_LINK_RUNS"] ?? 150) },
  );
  t.pass("so it is");
});

t.test("a device that is reset in mid-frame is back within 2 s", async (t) => {
  for (let at = 0; at < 60; at++) {
    const { run, device, told } = testLink();
    run.until(() => false, 100);
    for (let i = 0; i < 8; i++) device.link.reading({ number: i }, true);
    run.until(() => false, 1 + at);
    run.toHost.cut();
    device.reset();
    const fromMs = run.nowMs;
    told();
    run.until(() => device.link.isConnected && device.link.reading({ number: 99 }, true), 10_000);
    const texts: string[] = [];
    run.until(() => {
      texts.push(...told());
      return texts.includes('{"number":99}');
    }, 10_000);
    t.ok(run.nowMs - fromMs < 2_000, `cut after ${at} ms: ${run.nowMs - fromMs} ms`);
  }
});
