import t from "tap";
import {
  next,
  SETTLED_MS,
  type Supervision,
  type SupervisionEvent,
} from "../../src/component/supervision.ts";

/** Runs events through the machine; gives the phases and the actions, as words. */
function play(
  supervised: boolean,
  events: readonly (readonly [number, SupervisionEvent])[],
): { phases: string[]; actions: string[] } {
  let state: Supervision = { phase: "down" };
  const phases: string[] = [];
  const actions: string[] = [];
  for (const [nowMs, event] of events) {
    const step = next(state, event, nowMs, supervised, () => 1);
    state = step.state;
    phases.push(state.phase);
    actions.push(
      ...step.actions.map((action) => (action.type === "wait" ? `wait ${action.delayMs}` : action.type)),
    );
  }
  return { phases, actions };
}

const start = { type: "start" } as const;
const hello = { type: "hello" } as const;
const due = { type: "due" } as const;
const ended = { type: "ended", reason: "signal SIGKILL" } as const;
const silent = { type: "silent", reason: "it hangs" } as const;

t.test("a process that ends is started again: at once, then later and later", async (t) => {
  const again: [number, SupervisionEvent][] = [
    [1, hello],
    [2, ended],
    [3, due],
  ];
  const { phases, actions } = play(true, [[0, start], ...again, ...again, ...again]);
  t.same(phases.slice(0, 4), ["starting", "live", "waiting", "starting"]);
  t.same(actions, [
    "spawn",
    "lost",
    "wait 50",
    "spawn",
    "lost",
    "wait 500",
    "spawn",
    "lost",
    "wait 1000",
    "spawn",
  ]);
});

t.test("one that was live for long starts again with the shortest wait", async (t) => {
  const { actions } = play(true, [
    [0, start],
    [1, hello],
    [2, ended],
    [3, due],
    [4, hello],
    [4 + SETTLED_MS, ended],
  ]);
  t.same(actions.at(-1), "wait 50");
});

t.test(
  "one that is silent is killed, and lost only once it has ended, for the reason it was killed",
  async (t) => {
    const { phases, actions } = play(true, [
      [0, start],
      [1, hello],
      [2, silent],
      [3, ended],
    ]);
    t.same(phases, ["starting", "live", "ending", "waiting"]);
    t.same(actions, ["spawn", "kill", "lost", "wait 50"]);
  },
);

t.test(
  "a program that attaches by itself is never started, and its socket is made anew when it is lost",
  async (t) => {
    const { phases, actions } = play(false, [
      [0, start],
      [1, hello],
      [2, silent],
      [3, hello],
    ]);
    t.same(phases, ["down", "live", "down", "live"]);
    t.same(actions, ["lost", "reopen"]);
  },
);

t.test("a hello of one that is live is another instance: the first is lost", async (t) => {
  t.same(
    play(false, [
      [1, hello],
      [2, hello],
    ]).actions,
    ["lost"],
  );
});

t.test("after stop nothing starts it again", async (t) => {
  const { phases, actions } = play(true, [
    [0, start],
    [1, hello],
    [2, { type: "stop" }],
    [3, ended],
    [4, due],
  ]);
  t.same(phases.slice(2), ["stopped", "stopped", "stopped"]);
  t.same(actions, ["spawn"]);
});

const LIVE: Supervision = { phase: "live", sinceMs: 0, attempt: 2 };

t.test("a component whose hello is refused is not live", async (t) => {
  const event = { type: "refused", reason: "protocol 9" } as const;
  const attached = next(LIVE, event, 5, false);
  t.equal(attached.state.phase, "down");
  t.match(
    attached.actions,
    [{ type: "lost", reason: /protocol 9/ }],
    "its socket stays, so that it can be told why",
  );
  const supervised = next(LIVE, event, 5, true);
  t.same(
    supervised.state,
    { phase: "starting", sinceMs: 5, attempt: 2 },
    "its process has until its time to start is over",
  );
  t.same(next({ phase: "down" }, event, 5, false), { state: { phase: "down" }, actions: [] });
});
