import t from "tap";
import { backoffMs, openLog, PEER_BACKOFF, RateLimit } from "../../src/base/index.ts";

t.test("backoff doubles from the first to the longest wait, with jitter over the upper half", async (t) => {
  const longest = Array.from({ length: 8 }, (_, attempt) => backoffMs(attempt, PEER_BACKOFF, () => 1));
  t.same(longest, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 32_000, 32_000]);
  t.equal(
    backoffMs(3, PEER_BACKOFF, () => 0),
    4_000,
  );
  t.equal(
    backoffMs(10_000, PEER_BACKOFF, () => 1),
    32_000,
    "no overflow",
  );
});

t.test("a rate limit lets one through per interval and key, and says how many it held back", async (t) => {
  let now = 0;
  const limit = new RateLimit(100, () => now);
  t.equal(limit.admit("a"), 0);
  t.equal(limit.admit("a"), undefined);
  t.equal(limit.admit("b"), 0, "another key");
  now = 100;
  t.equal(limit.admit("a"), 1);
  for (let i = 0; i < RateLimit.MAX_KEYS; i++) limit.admit(`key ${i}`);
  t.equal(limit.admit("a"), 0, "forgotten in favour of newer keys");
});

t.test("a log writes one line an event, of its level or above, with the bound fields", async (t) => {
  const lines: string[] = [];
  const options = {
    level: "info",
    write: (line: string) => void lines.push(line),
    now: () => "2026-01-02T03:04:05.678Z",
  } as const;
  const log = openLog({ ...options, format: "json" }).with({ device: "gps" });
  log.debug("unseen");
  log.warn("lost", { code: 7 });
  openLog({ ...options, format: "text" }).info("up", { name: "plant7", note: "two words" });
  t.same(lines, [
    '{"time":"2026-01-02T03:04:05.678Z","level":"warn","message":"lost","device":"gps","code":7}\n',
    '03:04:05.678 info  up name=plant7 note="two words"\n',
  ]);
});
