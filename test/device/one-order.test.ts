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
  t.strictSame(
    events((told) => one.give(call("a"), order, told)),
    written,
  );
  t.strictSame(
    events((told) => one.wake(told)),
    written,
  );
  t.strictSame(
    events((told) => one.wake(told)),
    [{ type: "outcome", call: "a", outcome: { ok: false, reason: "nothing came" } }],
  );
  t.strictSame(
    events((told) => one.wake(told)),
    [],
  );
});

t.test("the next order takes the place of the one that waits", async (t) => {
  const one = make();
  events((told) => one.give(call("a"), order, told));
  t.strictSame(
    events((told) => one.give(call("b", "stop"), order, told)),
    [
      { type: "outcome", call: "a", outcome: { ok: false, reason: "stop was sent before this was done" } },
      ...written,
    ],
  );
  t.equal(one.order, order);
  t.strictSame(
    events((told) => one.end({ ok: true }, told)),
    [{ type: "outcome", call: "b", outcome: { ok: true } }],
  );
  t.equal(one.order, undefined);
});

t.test("one that was cancelled is not waited for", async (t) => {
  const one = make();
  events((told) => one.give(call("a"), order, told));
  one.cancel("b");
  t.equal(one.order, order, "another's call is none of it");
  one.cancel("a");
  t.strictSame(
    events((told) => {
      one.wake(told);
      one.end({ ok: true }, told);
    }),
    [],
  );
});
