import fc from "fast-check";
import stringWidth from "string-width";
import t from "tap";
import type { Message } from "../../src/client/index.ts";
import type { FleetMember } from "../../src/message/index.ts";
import {
  agentLines,
  AgentWatch,
  Frame,
  hubLines,
  HubWatch,
  paint,
  plain,
  type Line,
} from "../../src/top/index.ts";

const NOW_MS = 1_000_000;

/** What a hostile device or agent may be called and say. */
const texts = fc.oneof(
  fc.constantFrom(
    "gps",
    "\x1b[2J\x1b[1;1Howned",
    "a\u202eb",
    "漢字漢字漢字",
    "é\u0301\u0301",
    "\ud800",
    "\n\r\t",
    "🙂🙂",
  ),
  fc.string({ unit: "binary", maxLength: 60 }),
);
const numbers = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, 1e308, -1e308, 5e-324));
const readings = fc.record({
  kind: fc.constant("telemetry"),
  agent: texts,
  device: texts,
  values: fc.dictionary(texts, fc.oneof(numbers, texts, fc.boolean(), fc.constant(null)), { maxKeys: 8 }),
});
const states = fc.record({
  kind: fc.constant("device"),
  agent: texts,
  device: texts,
  status: fc.record({ state: texts, reason: texts }, { requiredKeys: [] }),
});
const births = fc.record({
  kind: fc.constant("state"),
  agent: texts,
  state: fc.record({
    type: fc.constantFrom("birth", "heartbeat", "stopped"),
    agent: texts,
    version: texts,
    devices: fc.dictionary(texts, fc.dictionary(texts, fc.anything(), { maxKeys: 3 }), { maxKeys: 4 }),
  }),
});
const commands = fc.record({
  kind: fc.constant("command"),
  agent: texts,
  progress: fc.record({
    id: texts,
    time: fc.integer({ min: 0, max: 4e15 }),
    target: texts,
    name: texts,
    state: texts,
    reason: texts,
  }),
});
const messages = fc.array(fc.oneof(readings, states, births, commands), { maxLength: 30 });
const statuses = fc.oneof(
  fc.anything(),
  fc.dictionary(
    fc.constantFrom(
      "agent",
      "hub",
      "uptimeMs",
      "clock",
      "components",
      "journal",
      "devices",
      "connections",
      "streams",
    ),
    fc.oneof(numbers, texts, fc.dictionary(texts, fc.dictionary(texts, fc.anything()))),
  ),
);
const screens = fc.record({
  columns: fc.integer({ min: 1, max: 220 }),
  rows: fc.integer({ min: 1, max: 60 }),
});

function holds(lines: readonly Line[], columns: number, rows: number): void {
  if (lines.length > rows) throw new Error(`${lines.length} lines on ${rows} rows`);
  for (const line of lines) {
    const text = paint(line, (_, painted) => painted);
    if (stringWidth(text) > columns) throw new Error(`wider than ${columns}: ${JSON.stringify(text)}`);
    if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text)) throw new Error(`not safe: ${JSON.stringify(text)}`);
  }
}

t.test(
  "whatever an agent says, no line is wider than the screen, and none can steer the terminal",
  async (t) => {
    fc.assert(
      fc.property(messages, statuses, screens, fc.boolean(), (some, status, { columns, rows }, metrics) => {
        const watch = new AgentWatch(NOW_MS);
        for (const [at, message] of some.entries())
          watch.take(message as unknown as Message, NOW_MS + at * 100);
        watch.status(status, NOW_MS + 3_000);
        watch.link("live", NOW_MS);
        const view = agentLines(watch, { columns, rows, nowMs: NOW_MS + 4_000, metrics, filter: "" });
        holds(new Frame().lay(view, columns, rows), columns, rows);
      }),
      { numRuns: 300 },
    );
    t.pass();
  },
);

t.test("nor whatever a hub says", async (t) => {
  const members = fc.array(
    fc.record({
      agent: texts,
      online: fc.boolean(),
      version: texts,
      labels: fc.dictionary(texts, texts, { maxKeys: 4 }),
      devices: fc.dictionary(texts, texts, { maxKeys: 4 }),
      lastSeen: fc.integer({ min: 0, max: 4e15 }),
    }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(messages, statuses, members, screens, (some, status, fleet, { columns, rows }) => {
      const watch = new HubWatch(NOW_MS);
      for (const message of some) watch.take(message as unknown as Message, NOW_MS);
      watch.status(status);
      watch.members = fleet as unknown as FleetMember[];
      const view = hubLines(watch, { columns, rows, nowMs: NOW_MS + 1_000, metrics: true, filter: "" });
      holds(new Frame().lay(view, columns, rows), columns, rows);
    }),
    { numRuns: 300 },
  );
  t.pass();
});

t.test("what is known of an agent that is gone says since when", async (t) => {
  const watch = new AgentWatch(NOW_MS);
  watch.link("lost", NOW_MS);
  const { head } = agentLines(watch, {
    columns: 80,
    rows: 24,
    nowMs: NOW_MS + 65_000,
    metrics: true,
    filter: "",
  });
  t.ok(head.some((line) => plain(line).includes("the link is lost, for 1 min 5 s")));
});

t.test("a frame scrolls as far as there is something", async (t) => {
  const frame = new Frame();
  const body = Array.from({ length: 30 }, (_, at): Line => [{ text: `line ${at}` }]);
  const view = { head: [[{ text: "head" }]], body, foot: [[{ text: "foot" }]] };
  const shown = (): string[] => frame.lay(view, 20, 12).map(plain);
  t.same([shown()[1], shown()[10], shown()[11]], ["line 0", "line 9", "foot"]);
  frame.scroll("page-down");
  t.equal(shown()[1], "line 10");
  frame.scroll("end");
  t.equal(shown()[10], "line 29");
  frame.scroll(-1);
  t.equal(shown()[10], "line 28");
  frame.scroll("start");
  frame.scroll(-5);
  t.equal(shown()[1], "line 0");
});
