import t from "tap";
import { faultLines, parsed } from "./example.ts";

const GPS = "  gps: { driver: nmea0183, port: /dev/ttyS0 }\n";

t.test("maps of several files are merged deeply", async (t) => {
  const result = parsed({
    "agent.yaml": `name: a\nlabels: { site: north }\nlog: { level: warn }\ndevices:\n${GPS}`,
    "conf.d/1.yaml": "labels: { room: cellar }\nlog: { format: json }\n",
    "conf.d/2.yaml":
      "devices:\n  gps: { silence: 5s, line: { parity: odd } }\n  air: { driver: pms5003, port: sim:// }\n",
  });
  t.match(result, {
    ok: true,
    files: ["agent.yaml", "conf.d/1.yaml", "conf.d/2.yaml"],
    config: {
      name: "a",
      labels: { site: "north", room: "cellar" },
      log: { level: "warn", format: "json" },
      devices: [
        { name: "gps", port: "/dev/ttyS0", silenceMs: 5000, line: { parity: "odd" } },
        { name: "air" },
      ],
    },
  });
});

t.test("what two files set is a fault of the second that names the first", async (t) => {
  const result = parsed({
    "agent.yaml": `name: a\ndevices:\n${GPS}`,
    "conf.d/a.yaml": "devices:\n  gps:\n    port: /dev/ttyS0\n    settings: { talkers: [GP] }\n",
    "conf.d/b.yaml": "name: a\ndevices: { gps: { settings: { talkers: [GL] } } }\n",
  });
  t.strictSame(faultLines(result), [
    "conf.d/a.yaml:3:5: port is set twice: first at agent.yaml:3:28",
    "conf.d/b.yaml:1:1: name is set twice: first at agent.yaml:1:1",
    "conf.d/b.yaml:2:31: talkers is set twice: first at conf.d/a.yaml:4:17",
  ]);
});

t.test("a map and a text under one key do not go together", async (t) => {
  const result = parsed({ "a.yaml": "log: { level: info }\n", "b.yaml": "log: quiet\n" });
  t.strictSame(faultLines(result), ["b.yaml:1:1: log is set twice: first at a.yaml:1:1"]);
});

t.test("faults of several files stand in the order of the files, each at its own place", async (t) => {
  const result = parsed({
    "agent.yaml": `devices:\n${GPS}clock: sync\n`,
    "conf.d/10.yaml":
      "devices:\n  gps:\n    bauds: 9600\n  air:\n    driver: pms5003\n    port: /dev/ttyS0\n",
    "conf.d/20.yaml": "lables: {}\n\nlisten: { port: x }\n",
  });
  t.strictSame(faultLines(result), [
    'agent.yaml:3:8: expected one of auto, synced, found "sync": did you mean "synced"?',
    'conf.d/10.yaml:3:5: devices.gps.bauds is not a setting of a device: did you mean "baudRate" (under line)?',
    "conf.d/10.yaml:6:11: /dev/ttyS0 is the port of gps already, at agent.yaml:2:34",
    'conf.d/20.yaml:1:1: lables is not a setting of the configuration: did you mean "labels"?',
    'conf.d/20.yaml:3:17: expected a whole number from 1 to 65532, found "x"',
  ]);
});

t.test("a key with nothing behind it gives way to the other file's", async (t) => {
  const result = parsed({ "a.yaml": "devices:\nname: a\n", "b.yaml": `devices:\n${GPS}name:\n` });
  t.match(result, { ok: true, config: { name: "a", devices: [{ name: "gps" }] } });
});

t.test("if one file is not YAML, nothing is said of what the others lack", async (t) => {
  const result = parsed({ "a.yaml": "devices:\n  gps: { silence: 5s }\n", "b.yaml": "x: [\n" });
  t.match(faultLines(result), [/^b\.yaml:\d+:\d+: not YAML/]);
});
