import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import * as Type from "typebox";
import { type ConfigResult, loadConfig } from "../../src/config/index.ts";
import { DRIVERS, faultLines, FROM_SHELF } from "./example.ts";

const AIR = "devices: { air: { driver: pms5003, port: sim:// } }\n";

function load(path: string): Promise<ConfigResult> {
  return loadConfig(path, FROM_SHELF);
}

t.test("a file alone, without a folder beside it", async (t) => {
  const folder = t.testdir({ "agent.yaml": AIR });
  const path = join(folder, "agent.yaml");
  t.match(await load(path), { ok: true, files: [path], config: { devices: [{ name: "air" }] } });
});

t.test("conf.d/*.yaml is read in the order of the names; other files there are not", async (t) => {
  const folder = t.testdir({
    "agent.yaml": AIR,
    "other.yaml": "not: read\n",
    "linked.yaml": "labels: { linked: yes indeed }\n",
    "conf.d": {
      "20-b.yaml": "labels: { b: x }\n",
      "10-a.yaml": "labels: { a: x }\n",
      ".hidden.yaml": "not: read\n",
      "10-a.yaml~": "not: read\n",
      README: "not read",
      "folder.yaml": { "c.yaml": "not: read\n" },
    },
  });
  symlinkSync("../linked.yaml", join(folder, "conf.d/30-link.yaml"));
  const result = await load(join(folder, "agent.yaml"));
  t.strictSame(faultLines(result), []);
  t.match(result, {
    files: ["agent.yaml", "conf.d/10-a.yaml", "conf.d/20-b.yaml", "conf.d/30-link.yaml"].map((name) =>
      join(folder, name),
    ),
    config: { labels: { a: "x", b: "x", linked: "yes indeed" } },
  });
});

t.test("a .yml file in conf.d is not passed over silently", async (t) => {
  const folder = t.testdir({ "agent.yaml": "", "conf.d": { "a.yml": "" } });
  t.match(await load(join(folder, "agent.yaml")), {
    ok: false,
    faults: [{ file: join(folder, "conf.d/a.yml"), line: 0, message: /must end in \.yaml/ }],
  });
});

t.test("a file that is not there, and one that is a folder", async (t) => {
  const folder = t.testdir({});
  t.match(await load(join(folder, "agent.yaml")), {
    ok: false,
    faults: [
      {
        line: 0,
        column: 0,
        path: "",
        code: "config-unreadable",
        message: "cannot be read: there is no such file",
      },
    ],
  });
  t.match(await load(folder), {
    ok: false,
    faults: [{ code: "config-unreadable", message: "cannot be read: it is a folder" }],
  });
});

t.test("a file in conf.d that is gone: a link to nowhere", async (t) => {
  const folder = t.testdir({ "agent.yaml": "clock: wrong\n", "conf.d": {} });
  symlinkSync("nowhere", join(folder, "conf.d/a.yaml"));
  t.match(await load(join(folder, "agent.yaml")), {
    ok: false,
    faults: [{ file: join(folder, "conf.d/a.yaml"), code: "config-unreadable" }],
  });
});

t.test("a file without permission says who needs it", async (t) => {
  const path = join(t.testdir({ "agent.yaml": AIR }), "agent.yaml");
  chmodSync(path, 0o000);
  // Root may read everything: be nobody for as long as it takes.
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    t.match(await load(path), {
      ok: false,
      faults: [
        {
          code: "config-unreadable",
          message: "cannot be read: permission denied",
          hint: /user that the agent runs as/,
        },
      ],
    });
  } finally {
    if (root) process.seteuid?.(0);
  }
});

t.test("a file that is too long is not parsed, and one without an end is not read for ever", async (t) => {
  const path = join(t.testdir({ "agent.yaml": `# ${"x".repeat(262_144)}` }), "agent.yaml");
  t.match(await load(path), { ok: false, faults: [{ message: /^is longer than 256 KiB/ }] });
  t.match(await load("/dev/zero"), { ok: false, faults: [{ message: /^is longer than 256 KiB/ }] });
});

t.test("what is not UTF-8 is told with its place; a byte order mark is nothing", async (t) => {
  const path = join(t.testdir({}), "agent.yaml");
  writeFileSync(path, Buffer.from("name: a\nlabels: { caf\xe9: x }\n", "latin1"));
  t.strictSame(faultLines(await load(path)), [`${path}:2:14: this is not UTF-8`]);
  writeFileSync(path, "\ufeffclock: wrong\n");
  t.match(faultLines(await load(path)), [/:1:8: expected one of auto, synced/]);
});

t.test(
  "only drivers that are named are fetched, wherever the name comes from; of the others the names are known",
  async (t) => {
    const fetched: string[] = [];
    const drivers = {
      names: DRIVERS.map(({ name }) => name),
      load: async (name: string) => {
        fetched.push(name);
        return DRIVERS.find((driver) => driver.name === name) ?? { name, settings: Type.Object({}) };
      },
    };
    const options = { ...FROM_SHELF, drivers, environment: { WHICH: "json-lines" } };
    const folder = t.testdir({
      "agent.yaml": `${AIR}`,
      "conf.d": {
        "more.yaml": 'devices: { ino: { driver: "${WHICH}", port: "sim://", settings: { columns: [a] } } }\n',
      },
    });
    t.match(await loadConfig(join(folder, "agent.yaml"), options), { ok: true });
    t.same(fetched.toSorted(), ["json-lines", "pms5003"]);
    writeFileSync(join(folder, "agent.yaml"), AIR.replace("pms5003", "nmea0138"));
    t.match(await loadConfig(join(folder, "agent.yaml"), options), {
      ok: false,
      faults: [{ message: /did you mean "?nmea0183/ }],
    });
  },
);
