import fc from "fast-check";
import t from "tap";
import { DunlinError } from "../../src/base/index.ts";
import { next, type PortEvent, type PortState } from "../../src/serial/port-state.ts";

const error = new DunlinError("port-failed", "gone");
const EVENTS: readonly PortEvent[] = [
  { type: "start" },
  { type: "opened" },
  { type: "failed", error },
  { type: "lost", error, heldMs: 0 },
  { type: "released" },
  { type: "appeared" },
  { type: "due" },
  { type: "stop" },
];

t.test(
  "whatever comes in whatever order, there is one try, one line and one wait at most, and none after stop",
  async (t) => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
        let state: PortState = { kind: "closed" };
        let held = "";
        for (const event of events) {
          const step = next(state, event, () => 1);
          for (const action of step.actions) held = after(held, action);
          if (event.type === "opened" && held === "try") held = "line";
          if (event.type === "failed" && state.kind === "opening") held = "wait";
          state = step.state;
          const expected = { closed: "", opening: "try", open: "line", lost: "", waiting: "wait" }[
            state.kind
          ];
          if (held !== expected) throw new Error(`${state.kind} holds ${held || "nothing"}`);
        }
      }),
    );
    t.pass("held for every order");
  },
);

/** What the shell holds after an action: a try under way, an open line, a wait, or nothing. */
function after(held: string, action: string): string {
  const needs: Record<string, readonly [string, string]> = {
    open: ["", "try"],
    abandon: ["try", ""],
    release: ["line", ""],
    "end-wait": ["wait", ""],
  };
  if (action === "wait") return "wait";
  const [before, then] = needs[action] ?? ["?", "?"];
  if (held !== before) throw new Error(`${action} while holding ${held || "nothing"}`);
  return then;
}
