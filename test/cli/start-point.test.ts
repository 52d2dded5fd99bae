import t from "tap";
import { parseStart } from "../../src/cli/start-point.ts";

const NOW_MS = Date.parse("2026-03-01T12:00:00Z");

t.test("start, times, spans before now, and a cursor of one device", async (t) => {
  t.equal(parseStart("start", []), "start");
  for (const [text, iso] of [
    ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"],
    ["2026-01-31T12:00:00.250+01:00", "2026-01-31T11:00:00.250Z"],
    ["90s", "2026-03-01T11:58:30Z"],
    ["30m", "2026-03-01T11:30:00Z"],
    ["1.5h", "2026-03-01T10:30:00Z"],
    ["2d", "2026-02-27T12:00:00Z"],
  ] as const)
    t.same(parseStart(text, [], NOW_MS), { timeUs: Date.parse(iso) * 1_000 }, text);
  t.same(parseStart("2026-01-31", []), parseStart("2026-01-31T00:00", []), "local, both");
  for (const topic of ["pi/gps", "telemetry/pi/gps/"])
    t.same(parseStart("3/17", [topic]), new Map([["pi/gps", { epoch: 3, seq: 17 }]]), topic);
});

t.test("anything else is wrong usage", async (t) => {
  for (const text of ["", "yesterday", "1", "12", "1w", "-1h", "3/", "3/1/2", "1960-01-01", "2026-13-01"])
    t.throws(() => parseStart(text, ["pi/gps"], NOW_MS), { code: "usage" }, text);
  for (const topics of [[], ["pi"], ["pi/gps", "pi/air"], ["state/"], ["telemetry/pi"]])
    t.throws(() => parseStart("3/17", topics), { code: "usage" }, topics.join());
});
