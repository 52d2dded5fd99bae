import { spawn } from "node:child_process";
import t from "tap";
import { HangWatch, SETTLED_BEATS, SETTLING_MS, SILENT_MS } from "../../src/component/hang.ts";

/** Looks every 100 ms from 0 to `untilMs` at a component that fell silent at 0. @returns when and why it was given up */
function watch(untilMs: number, beats: number, pid?: number): [number, string] | undefined {
  const hang = new HangWatch();
  for (let nowMs = -100; nowMs <= untilMs; nowMs += 100) {
    const verdict = hang.verdict({ pid, silentMs: Math.max(0, nowMs), beats, nowMs });
    if (verdict !== undefined) return [nowMs, verdict];
  }
  return undefined;
}

t.test(
  "one that has settled may be silent for three seconds, one that has only just come for ten",
  async (t) => {
    t.match(watch(20_000, SETTLED_BEATS), [SILENT_MS, /nothing for 3 s/]);
    t.match(watch(20_000, SETTLED_BEATS - 1), [SETTLING_MS, /nothing for 10 s/]);
  },
);

t.test("after we ourselves were held up, nobody is blamed for the silence meanwhile", async (t) => {
  const hang = new HangWatch();
  hang.verdict({ pid: undefined, silentMs: 0, beats: 99, nowMs: 0 });
  t.equal(hang.verdict({ pid: undefined, silentMs: 8_000, beats: 99, nowMs: 8_000 }), undefined);
  t.equal(hang.verdict({ pid: undefined, silentMs: 8_100, beats: 99, nowMs: 8_100 }), undefined);
  for (let nowMs = 8_200; nowMs < 8_000 + SILENT_MS; nowMs += 100)
    t.equal(hang.verdict({ pid: undefined, silentMs: nowMs, beats: 99, nowMs }), undefined);
  t.match(hang.verdict({ pid: undefined, silentMs: 11_000, beats: 99, nowMs: 11_000 }), /nothing/);
});

t.test("a process that sleeps is not taken for one that spins", async (t) => {
  const sleeper = spawn("sleep", ["60"]);
  t.teardown(() => sleeper.kill("SIGKILL"));
  t.match(watch(20_000, SETTLED_BEATS, sleeper.pid), [SILENT_MS, /nothing for 3 s/]);
});
