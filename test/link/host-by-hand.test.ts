import t from "tap";
import { HostLink, writeDeviceMessage, writeFrame, type OwnMessage } from "../../src/link/index.ts";

/** A host that has sent its first hello, and a device in the test's hands. */
function byHand() {
  let nowMs = 0;
  const link = new HostLink({ nowMs: () => nowMs, nowUs: () => 4_711, quality: "unsynced" });
  link.start();
  const session = 4_712;
  const send = (message: OwnMessage, more: { seq?: number; reliable?: boolean; ack?: number } = {}) => {
    const { seq = 0, reliable = false, ack = 0 } = more;
    return link.push(writeFrame({ ...writeDeviceMessage(message), seq, reliable, ack }));
  };
  const welcome = {
    type: "welcome",
    version: 1,
    session,
    first: 0,
    maxFrameBytes: 64,
    window: 4,
    items: 1,
    capabilities: 0,
    name: "x",
    firmware: "1",
  } as const;
  const wait = (ms: number) => {
    nowMs += ms;
    return link.wake();
  };
  return { link, send, welcome, wait, session };
}

const logs = (events: readonly { type: string; text?: string }[]): string[] =>
  events.flatMap(({ type, text }) => (type === "log" ? [text ?? ""] : []));
const writes = (events: readonly { type: string }[]): number =>
  events.filter(({ type }) => type === "write").length;

t.test(
  "hello is said again after 200, 400, 800, 1600 and 2000 ms, and a welcome of another session is none",
  async (t) => {
    const { send, welcome, wait } = byHand();
    for (const ms of [200, 400, 800, 1_600, 2_000, 2_000]) {
      t.equal(writes(wait(ms - 1)), 0);
      t.equal(writes(wait(1)), 1, `${ms} ms`);
    }
    t.same(logs(send({ ...welcome, session: 5 })), []);
  },
);

t.test("after several hellos the session is proved: one on its way could begin it anew", async (t) => {
  const { send, welcome, wait, session } = byHand();
  wait(200);
  const first = send({ ...welcome, first: 7 });
  t.same([logs(first), writes(first)], [[], 1], "a ping");
  t.same(logs(send({ type: "reading", values: new Map([[0, 1]]) }, { seq: 7, reliable: true })), []);
  // The device was reset, and the second hello has begun its session again.
  send({ ...welcome, first: 0 });
  const pong = { type: "pong", session, token: 1, badFrames: 0, retransmits: 0, dropped: 0 } as const;
  t.same(logs(send({ ...pong, token: 9 })), []);
  t.same(logs(send(pong)), ["connected to x, firmware 1"]);
  const events = send({ type: "log", text: "zero" }, { seq: 0, reliable: true });
  t.same(logs(events), ["zero"], "its first frame is the one that the last welcome said");
});

t.test("boots that were under way do no harm, and one in the session is a reset", async (t) => {
  const { send, welcome, wait } = byHand();
  t.equal(writes(send({ type: "boot", version: 1 })), 0, "hello has just been said");
  t.equal(writes(wait(200)), 1);
  t.equal(writes(send({ type: "boot", version: 1 })), 0);
  t.equal(writes(wait(200)), 1, "and again soon: it waits for it");
  send(welcome);
  send({ type: "boot", version: 1 });
  t.same(
    logs(send({ type: "pong", session: 4_712, token: 1, badFrames: 0, retransmits: 0, dropped: 0 })),
    [],
  );
});

t.test("another version is told of once, and left alone", async (t) => {
  const { send, wait } = byHand();
  t.same(logs(send({ type: "boot", version: 2 })), ["the device speaks version 2 of the link, this agent 1"]);
  t.same(logs(send({ type: "boot", version: 2 })), []);
  t.equal(writes(wait(200)), 1);
});

t.test("what cannot be read is counted, acknowledged if it was reliable, and not taken", async (t) => {
  const { link, send, welcome, wait } = byHand();
  send(welcome);
  const bad = (kind: number, seq: number) =>
    link.push(writeFrame({ kind, reliable: true, seq, ack: 0, payload: Buffer.of(0xff) }));
  t.match(bad(0x15, 0), [{ type: "discard", reason: "unparsable", bytes: 9 }]);
  t.match(bad(0x1e, 1), [{ type: "discard", reason: "unsupported", bytes: 9 }, { type: "write" }]);
  t.match(bad(0x13, 2), [{ type: "discard", reason: "unsupported" }], "a pong is never reliable");
  const item = { type: "item", item: 0, fields: [0, "door", 2] } as const;
  t.match(send(item), [{ type: "describe", metrics: { door: { type: "boolean" } } }]);
  t.match(send({ type: "reading", values: new Map([[0, 1]]) }), [{ type: "discard", reason: "unparsable" }]);
  t.match(send({ type: "reading", values: new Map([[1, true]]) }), [
    { type: "discard", reason: "unparsable" },
  ]);
  t.match(send({ type: "outcome", key: 1, ok: true, result: new Map() }), [
    { type: "discard", reason: "unsupported" },
  ]);
  t.equal(writes(wait(10)), 1, "the third is acknowledged a little later");
});

t.test("places that cannot be understood stay empty, and the others are where they are", async (t) => {
  const { send, welcome } = byHand();
  send({ ...welcome, items: 8 });
  const items = [
    [0, "ok", 0, "Cel", null],
    [0, "Not a name", 0],
    [0, "ok", 1],
    [0, "last", 1],
    [1, "go", 0, 0, "goes"],
    [2, "1", 1, null, 0, 5, 1],
    [2, "0", 1, null, null, null, 0, "first"],
    [9, "what"],
  ];
  const events = items.flatMap((fields, item) => send({ type: "item", item, fields }));
  t.same(logs(events), [
    'of the device\'s description, metric 1 has a name that is none: "Not a name"',
    "of the device's description, metric 2 has a name that is taken: ok",
    "of the device's description, an item is neither metric nor command nor argument",
  ]);
  t.match(
    events.filter(({ type }) => type === "describe"),
    [
      {
        metrics: { ok: { type: "number", unit: "Cel" }, last: { type: "integer" } },
        commands: {
          go: { arguments: { 1: { min: 0, max: 5, optional: true }, 0: { description: "first" } } },
        },
      },
    ],
  );
  const values = new Map([0, 1, 2, 3].map((place) => [place, place]));
  t.match(send({ type: "reading", values }), [{ type: "reading", values: { ok: 0, last: 3 } }]);
});

t.test("loss is counted by the numbers that did not come, and counts go on over a reset", async (t) => {
  const { link, send, welcome, session } = byHand();
  const pong = { type: "pong", session, token: 1, badFrames: 5, retransmits: 9, dropped: 2 } as const;
  send(welcome);
  send(pong, { seq: 254 });
  send({ ...pong, badFrames: 6, retransmits: 11 }, { seq: 255 });
  send({ ...pong, badFrames: 6, retransmits: 11 }, { seq: 2 });
  const quality = link.takeQuality();
  t.match(quality, { loss: 0.4, badFrames: 1, retransmits: 2, dropped: 0 });
  send({ type: "boot", version: 1 });
  send({ ...welcome, session: session + 1 }, { seq: 1 });
  send({ ...pong, session: session + 1, badFrames: 1, retransmits: 0, dropped: 0 }, { seq: 2 });
  t.match(link.takeQuality(), { loss: 0, badFrames: 2, retransmits: 2 });
});
