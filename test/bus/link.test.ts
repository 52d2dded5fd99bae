import t from "tap";
import {
  EAGER_ATTEMPTS,
  firstLink,
  MADE_PATIENCE_MS,
  next,
  SILENCE_MS,
  type Link,
  type LinkEvent,
} from "../../src/bus/link.ts";

const middle = (): number => 0.5;
const most = (): number => 1 - Number.EPSILON;

/** What comes of one event after another, each at its time. */
function after(start: Link, ...events: readonly (readonly [LinkEvent["type"], number])[]): Link {
  return events.reduce((link, [type, atMs]) => next(link, event(type), atMs, middle).link, start);
}

function event(type: LinkEvent["type"]): LinkEvent {
  return type === "overslept" ? { type, ms: 10_000 } : { type };
}

t.test(
  "what is heard makes a link live; three heartbeats of silence lose it, and there is another socket at once",
  async (t) => {
    const live = after(firstLink(0, middle), ["heard", 300]);
    t.same(live, { kind: "live", heardMs: 300 });
    t.same(next(live, { type: "tick" }, 300 + SILENCE_MS - 1, middle), { link: live, rebuild: false });
    t.match(next(live, { type: "tick" }, 300 + SILENCE_MS, middle), {
      link: { kind: "lost", sinceMs: 300 + SILENCE_MS, attempt: 0 },
      rebuild: true,
    });
  },
);

t.test(
  "a socket that hears nothing is given up after a second; whether something was heard before stays known",
  async (t) => {
    const link = firstLink(0, middle);
    t.equal(next(link, { type: "tick" }, 999, middle).rebuild, false);
    t.match(next(link, { type: "tick" }, 1_000, middle), {
      link: { kind: "connecting", attempt: 1 },
      rebuild: true,
    });
    const lost = after(link, ["heard", 0], ["tick", 3_000], ["tick", 4_000], ["tick", 5_000]);
    t.match(lost, { kind: "lost", attempt: 2, sinceMs: 5_000 });
    t.same(after(lost, ["heard", 5_100]), { kind: "live", heardMs: 5_100 });
  },
);

t.test("the patience is a second for fifteen attempts, then it doubles from 2 s to 32 s", async (t) => {
  const patience: number[] = [];
  for (let link = firstLink(0, most); patience.length < EAGER_ATTEMPTS + 7;) {
    if (link.kind === "live") break;
    patience.push(Math.round(link.patienceMs));
    link = next(link, { type: "tick" }, link.sinceMs + link.patienceMs, most).link;
  }
  t.same(patience.slice(0, EAGER_ATTEMPTS), Array<number>(EAGER_ATTEMPTS).fill(1_250));
  t.same(patience.slice(EAGER_ATTEMPTS), [2_000, 4_000, 8_000, 16_000, 32_000, 32_000, 32_000]);
});

t.test("a socket that has its TCP connection is given five seconds at least", async (t) => {
  const made = after(firstLink(0, middle), ["made", 200]);
  t.equal(next(made, { type: "tick" }, MADE_PATIENCE_MS, middle).rebuild, false);
  t.equal(next(made, { type: "tick" }, MADE_PATIENCE_MS * 1.25, middle).rebuild, true);
  t.equal(after(made, ["made", 400]), made, "the handshake does not add to it");
  const live: Link = { kind: "live", heardMs: 0 };
  t.equal(after(live, ["made", 1]), live, "nor to a link that libzmq itself has mended");
});

t.test("our own sleep is not the peer's silence", async (t) => {
  const live = after({ kind: "live", heardMs: 0 }, ["overslept", 10_250]);
  t.equal(next(live, { type: "tick" }, 10_250, middle).rebuild, false);
  t.equal(next(live, { type: "tick" }, 10_000 + SILENCE_MS, middle).rebuild, true, "but what follows it is");
  const waiting = after(firstLink(0, middle), ["overslept", 10_250]);
  t.equal(next(waiting, { type: "tick" }, 10_250, middle).rebuild, false);
});
