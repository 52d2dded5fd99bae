import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Config } from "../../src/config/index.ts";
import { faultLines, parsed } from "./example.ts";

const folder = join(import.meta.dirname, "fixtures/good");

function config(name: string): Config {
  const result = parsed(readFileSync(join(folder, name), "utf8"));
  if (!result.ok) throw new Error(faultLines(result).join("\n"));
  return result.config;
}

t.test("every good example is taken", async (t) => {
  for (const name of readdirSync(folder))
    t.strictSame(faultLines(parsed(readFileSync(join(folder, name), "utf8"))), [], name);
});

t.test("an empty file gives every default", async (t) => {
  t.strictSame(config("empty.yaml"), {
    name: "host-1",
    labels: {},
    listen: { address: "127.0.0.1", port: 5555, insecure: false },
    security: {
      commands: "open",
      exceptions: {},
      maxCommandsPerSecond: 1_000,
      keysDirectory: "/var/lib/dunlin/host-1/keys",
    },
    stateDirectory: "/var/lib/dunlin/host-1",
    runtimeDirectory: "/run/dunlin",
    log: { level: "info", components: {}, format: "auto" },
    journal: { enabled: true, maxMegabytes: 256, maxAgeDays: 30, lowDiskMegabytes: 64, flushMs: 1_000 },
    clock: "auto",
    devices: [],
    components: [],
  });
  t.strictSame(parsed(""), parsed("# nothing\n"));
  t.strictSame(
    parsed("devices:\ncomponents:\nlabels:\nlog:\n"),
    parsed(""),
    "a key with nothing behind it is no key",
  );
});

t.test("what is set is what is given", async (t) => {
  const everything = config("everything.yaml");
  t.match(everything, {
    name: "plant7",
    labels: { site: "north", floor: "3" },
    listen: { address: "0.0.0.0", port: 6000, insecure: true },
    security: {
      keysDirectory: "/etc/dunlin/keys",
      commands: "signed",
      exceptions: { "gps/send": "open", "restart-component": "signed" },
      maxCommandsPerSecond: 5,
    },
    log: { level: "debug", format: "json" },
    clock: "synced",
    http: { address: "0.0.0.0", port: 9555, insecure: true },
  });
  t.strictSame(everything.devices[0], {
    name: "gps",
    driver: "nmea0183",
    port: "/dev/serial/by-id/usb-u-blox_AG_-_www.u-blox.com_u-blox_7-if00",
    line: {
      baudRate: 38400,
      dataBits: 7,
      parity: "even",
      stopBits: 2,
      flowControl: "rts-cts",
      exclusive: false,
    },
    silenceMs: 10_000,
    bridge: "main",
    shape: { course: { drop: true }, speed: { deadBand: 0.5, minIntervalMs: 1_000, maxIntervalMs: 60_000 } },
    report: "changed",
    settings: { talkers: ["GP", "GL"] },
  });
  t.strictSame(everything.components, [
    { name: "weather", command: ["python3", "/opt/weather.py"], environment: { API_KEY: "12" } },
    { name: "plugin", environment: {} },
  ]);
});

t.test("a device gets its driver's defaults, and the line's", async (t) => {
  const [, air, soil] = config("everything.yaml").devices;
  t.strictSame(air, {
    name: "air",
    driver: "pms5003",
    port: "tcp://[fe80::1]:4001",
    line: { exclusive: true },
    silenceMs: 1500,
    bridge: "bridge",
    shape: {},
    report: "all",
    settings: {},
  });
  const [least] = (
    parsed("devices: { a: { driver: json-lines, port: sim://, settings: { columns: [x] } } }") as {
      config: Config;
    }
  ).config.devices;
  t.strictSame(least?.settings, { columns: ["x"], format: "json" });
  t.equal(soil?.settings["format"], "csv");
});

t.test("one result never shares its defaults with another", async (t) => {
  const first = config("empty.yaml").labels as Record<string, string>;
  first["changed"] = "yes";
  t.strictSame(config("empty.yaml").labels, {});
});

t.test("keys that every object inherits are keys like others", async (t) => {
  const text = "components: { constructor: { environment: { __proto__: a, toString: b } } }\n";
  const result = parsed(text);
  t.ok(result.ok, faultLines(result).join());
  const [component] = result.ok ? result.config.components : [];
  t.equal(component?.name, "constructor");
  t.strictSame(Object.entries(component?.environment ?? {}), [
    ["__proto__", "a"],
    ["toString", "b"],
  ]);
  t.strictSame(
    faultLines(parsed("constructor: 1\n")).map((line) => line.slice(0, 60)),
    ["agent.yaml:1:1: constructor is not a setting of the configur"],
  );
});
