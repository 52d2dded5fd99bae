import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Collector, isReading } from "../support/agent.ts";

process.env["DUNLIN_BINARY"] ??= join(import.meta.dirname, `../../dist/dunlin-linux-${process.arch}`);
const { startCliAgent, statusOf, untilStatus } = await import("../support/cli-agent.ts");

/** What is mapped of this process, bytes (proc(5), smaps_rollup). */
function residentBytes(pid: number): number {
  const [, kilobytes = ""] =
    /^Rss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1")) ?? [];
  return Number(kilobytes) * 1_024;
}

t.test(
  "after its start each process gives memory back, and goes on as before",
  { timeout: 120_000 },
  async (t) => {
    const agent = await startCliAgent('devices: { gps: { driver: nmea0183, port: "sim://" } }\n');
    t.teardown(() => agent.close());
    const seen = new Collector(agent.client, ["telemetry/"]);
    const before = await untilStatus(agent, "all parts", ({ components }) =>
      ["bridge", "journal"].every((name) => components[name]?.phase === "live"),
    );
    const pids = [agent.cli.child.pid ?? 0, ...Object.values(before.components).map(({ pid }) => pid)];
    t.equal(pids.length, 3);
    const most = new Map(pids.map((pid) => [pid, 0]));
    const isLess = (pid: number): boolean => {
      const bytes = residentBytes(pid);
      most.set(pid, Math.max(most.get(pid) ?? 0, bytes));
      return bytes < (most.get(pid) ?? 0) - 15e6;
    };
    for (const left = new Set(pids); left.size > 0; await new Promise((resolve) => setTimeout(resolve, 200)))
      for (const pid of left) if (isLess(pid)) left.delete(pid);
    const { seq } = (await statusOf(agent)).devices["gps"] ?? { seq: 0 };
    await seen.first("readings after that", isReading("gps", seq + 2));
    const numbers = seen.messages.flatMap((message) => (message.kind === "telemetry" ? [message.seq] : []));
    t.same(
      numbers,
      numbers.map((_, at) => (numbers[0] ?? 0) + at),
      "none is missing",
    );
    const after = await statusOf(agent);
    for (const name of ["bridge", "journal"])
      t.match(after.components[name], { starts: 1, pid: before.components[name]?.pid });
  },
);
