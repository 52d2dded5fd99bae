import t from "tap";
import { DunlinError } from "../../src/base/index.ts";
import { next, type PortEvent, type PortState, STEADY_MS } from "../../src/serial/port-state.ts";

const error = new DunlinError("port-missing", "not there");
const waits = (count: number): number => 1000 * 2 ** count;

/** Plays events; gives the kinds and actions that came of them. */
function play(...events: readonly PortEvent[]): { state: PortState; told: string[] } {
  let state: PortState = { kind: "closed" };
  const told = events.map((event) => {
    const step = next(state, event, waits);
    state = step.state;
    return [state.kind, ...step.actions].join(" ");
  });
  return { state, told };
}

const start: PortEvent = { type: "start" };
const opened: PortEvent = { type: "opened" };
const failed: PortEvent = { type: "failed", error };
const due: PortEvent = { type: "due" };
const appeared: PortEvent = { type: "appeared" };
const released: PortEvent = { type: "released" };
const stop: PortEvent = { type: "stop" };
const lostAfter = (heldMs: number): PortEvent => ({ type: "lost", error, heldMs });

t.test("a port is lost, let go, waited for and opened again", async (t) => {
  const { told, state } = play(start, opened, lostAfter(STEADY_MS), released, due, opened);
  t.same(told, ["opening open", "open", "lost release", "waiting wait", "opening end-wait open", "open"]);
  t.same(state, { kind: "open", attempt: 1 });
});

t.test("each failure waits longer", async (t) => {
  t.match(play(start, failed).state, { kind: "waiting", attempt: 1, retryMs: 1000, error });
  t.match(play(start, failed, due, failed).state, { attempt: 2, retryMs: 2000 });
  t.match(play(start, failed, due, failed, due, failed).state, { attempt: 3, retryMs: 4000 });
});

t.test("a device that appears is tried at once, with a fresh count", async (t) => {
  const { told, state } = play(start, failed, due, failed, appeared);
  t.equal(told.at(-1), "opening end-wait open");
  t.same(state, { kind: "opening", attempt: 0 });
});

t.test("a line that is lost again and again soon after opening waits longer each time", async (t) => {
  const flap = [opened, lostAfter(STEADY_MS - 1), released, due];
  t.match(play(start, ...flap, ...flap, opened, lostAfter(5), released).state, { attempt: 3, retryMs: 4000 });
  t.match(play(start, ...flap, ...flap, opened, lostAfter(STEADY_MS), released).state, {
    attempt: 1,
    retryMs: 1000,
  });
});

t.test("stop ends every state with what it needs", async (t) => {
  t.same(play(stop).told, ["closed"]);
  t.equal(play(start, stop).told.at(-1), "closed abandon");
  t.equal(play(start, opened, stop).told.at(-1), "closed release");
  t.equal(play(start, opened, lostAfter(0), stop).told.at(-1), "closed", "it is being released already");
  t.equal(play(start, failed, stop).told.at(-1), "closed end-wait");
});

t.test("what comes late changes nothing", async (t) => {
  for (const late of [opened, failed, lostAfter(0), released, due, appeared])
    t.same(play(start, stop, late).told.at(-1), "closed", late.type);
  t.equal(play(start, due).told.at(-1), "opening");
  t.equal(play(start, opened, appeared).told.at(-1), "open");
  t.equal(play(start, opened, lostAfter(0), due).told.at(-1), "lost");
  t.equal(play(start, failed, start).told.at(-1), "waiting");
});
