import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { lookAtUnit } from "../../src/doctor/unit.ts";

/** Asks a systemctl that says this. */
async function said(folder: string, properties: Readonly<Record<string, string>>) {
  const lines = Object.entries({ LoadState: "loaded", NRestarts: "0", ...properties }).map((pair) =>
    pair.join("="),
  );
  writeFileSync(join(folder, "systemctl"), `#!/bin/sh\ncat <<'END'\n${lines.join("\n")}\nEND\n`);
  chmodSync(join(folder, "systemctl"), 0o755);
  const before = process.env["PATH"];
  process.env["PATH"] = `${folder}:${before}`;
  try {
    return await lookAtUnit("dunlin", folder);
  } finally {
    process.env["PATH"] = before;
  }
}

const RUNS = { ActiveState: "active", SubState: "running", Result: "success", UnitFileState: "enabled" };

t.test("a service that runs", async (t) => {
  t.match(await said(t.testdir(), RUNS), [{ severity: "ok", found: "dunlin is active" }]);
});

t.test("one that has failed, was given up, or does not run", async (t) => {
  const folder = t.testdir();
  t.match(await said(folder, { ...RUNS, ActiveState: "failed", Result: "exit-code" }), [
    { severity: "problem", found: /has failed \(exit-code\)/, remedy: /journalctl -u dunlin/ },
  ]);
  t.match(await said(folder, { ...RUNS, ActiveState: "failed", Result: "start-limit-hit" }), [
    { severity: "problem", found: /given up/, remedy: /reset-failed dunlin/ },
  ]);
  t.match(await said(folder, { ...RUNS, ActiveState: "inactive", SubState: "dead" }), [
    { severity: "problem", found: /inactive \(dead\)/, remedy: /systemctl restart dunlin/ },
  ]);
});

t.test("one that runs, but for how long", async (t) => {
  const folder = t.testdir();
  t.match(await said(folder, { ...RUNS, NRestarts: "7" }), [
    { severity: "warning", found: /7 times by itself/ },
  ]);
  t.match(await said(folder, { ...RUNS, UnitFileState: "disabled" }), [
    { severity: "ok" },
    { severity: "warning", remedy: "sudo systemctl enable dunlin" },
  ]);
});

t.test("no such unit, no systemd, no service's configuration: nothing to tell", async (t) => {
  t.same(await said(t.testdir(), { LoadState: "not-found" }), []);
  t.same(await lookAtUnit("dunlin", join(t.testdir(), "none")), []);
  t.same(await lookAtUnit(undefined), []);
});
