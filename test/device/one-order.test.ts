import t from "tap";
import { OneOrder, type DriverEvent } from "../../src/device/index.ts";

const call = (id: string, name = "go") => ({ id, name, args: {} });
const order = { bytes: Buffer.from("order") };
const written: DriverEvent[] = [
  { type: "write", bytes: order.bytes },
  { type: "wake", afterMs: 500 },
];

function events(act: (events: DriverEvent[]) => void): DriverEvent[] {
  const told: DriverEvent[] = [];
  act(told);
  return told;
}

function make(): OneOrder<typeof order> {
  return new OneOrder({ withinMs: 500, attempts: 2, before: "this was done", silence: "nothing came" });
}

t.test("an order is written again until its attempts are over, then it fails", async (t) => {
  const one = make();
  t.strictSame(one.give(call("a"), order), written);
  t.strictSame(one.wake(), written);
  t.strictSame(one.wake(), [{ type: "outcome", call: "a", outcome: { ok: false, reason: "nothing came" } }]);
  t.strictSame(one.wake(), []);
});

t.test("the next order takes the place of the one that waits", async (t) => {
  const one = make();
  one.give(call("a"), order);
  t.strictSame(one.give(call("b", "stop"), order), [
    { type: "outcome", call: "a", outcome: { ok: false, reason: "stop was sent before this was done" } },
    ...written,
  ]);
  t.equal(one.order, order);
  t.strictSame(
    events((told) => one.end({ ok: true }, told)),
    [{ type: "outcome", call: "b", outcome: { ok: true } }],
  );
  t.equal(one.order, undefined);
});

t.test("one that was cancelled is not waited for", async (t) => {
  const one = make();
  one.give(call("a"), order);
  one.cancel("b");
  t.equal(one.order, order, "another's call is none of it");
  one.cancel("a");
  t.strictSame(
    events((told) => {
      told.push(...one.wake());
      one.end({ ok: true }, told);
    }),
    [],
  );
});

t.test("what it answered is the result, if it answered anything", async (t) => {
  for (const [result, outcome] of [
    [{}, { ok: true }],
    [{ distance: 3 }, { ok: true, result: { distance: 3 } }],
  ] as const) {
    const one = make();
    one.give(call("a"), order);
    t.strictSame(
      events((told) => one.succeed(result, told)),
      [{ type: "outcome", call: "a", outcome }],
    );
  }
});
