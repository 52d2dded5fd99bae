import { spawnSync } from "node:child_process";
import t from "tap";
import { Collector, isReading, isState } from "../support/agent.ts";
import { startCliAgent } from "../support/cli-agent.ts";
import { openPty } from "../support/pty.ts";

t.test(
  "a port that does not exist and one that another program holds: said plainly, and nobody else is disturbed",
  async (t) => {
    const pty = openPty();
    t.teardown(() => pty.close());
    const test = await startCliAgent(`
devices:
  good: { driver: json-lines, port: sim:// }
  missing: { driver: nmea0183, port: /dev/ttyUSB97 }
  first: { driver: nmea0183, port: ${pty.path}, bridge: one }
  second: { driver: nmea0183, port: ${pty.node}, bridge: two }
  nobody: { driver: nmea0183, port: "tcp://127.0.0.1:9" }
`);
    t.teardown(() => test.close());
    const seen = new Collector(test.client, ["telemetry/", "state/"]);
    t.match(await seen.first("missing", isState("missing", "unplugged")), {
      status: { code: "port-missing", reason: /\/dev\/ttyUSB97 does not exist/ },
    });
    const isBusy = (device: string) => isState(device, "failed");
    const busy = await seen.first("one of two on a port", (m) => isBusy("first")(m) || isBusy("second")(m));
    t.match(busy, { status: { code: "port-busy", reason: /is open in|held by|in use|has it/ } });
    await seen.first(
      "nobody",
      (m) => m.kind === "device" && m.device === "nobody" && m.status.reason !== undefined,
    );
    const last = seen.telemetry("good").at(-1)?.seq ?? 0;
    await seen.first("good", isReading("good", last + 2));
    t.notOk(seen.states("good").some(({ state }) => state === "failed"));
  },
);

t.test(
  "unplugged and back under its stable name: the device says so, and is online again by itself",
  async (t) => {
    const pty = openPty();
    t.teardown(() => pty.close());
    const test = await startCliAgent(`devices:\n  gps: { driver: json-lines, port: ${pty.path} }\n`);
    t.teardown(() => test.close());
    const seen = new Collector(test.client, ["telemetry/", "state/"]);
    const chatter = setInterval(() => void pty.write('{"a":1}\n').catch(() => {}), 50);
    t.teardown(() => clearInterval(chatter));
    await seen.first("online", isState("gps", "online"));
    await seen.first("a reading", isReading("gps"));
    pty.unplug();
    t.match(await seen.first("unplugged", isState("gps", "unplugged")), { status: { code: "port-missing" } });
    const last = seen.telemetry("gps").at(-1)?.seq ?? 0;
    pty.replug();
    await seen.first("readings again", isReading("gps", last + 2));
    t.equal(seen.states("gps").at(-1)?.state, "online");
  },
);

t.test("no permission for a port says which group to join", async (t) => {
  if (process.getuid?.() !== 0) return t.comment("left out: only root can give up its rights");
  const pty = openPty();
  t.teardown(() => pty.close());
  spawnSync("chmod", ["0660", pty.node]);
  spawnSync("chown", ["root:dialout", pty.node]);
  const script = `
    import { parsePortAddress } from "${new URL("../../src/message/index.ts", import.meta.url).pathname}";
    import { openPort } from "${new URL("../../src/serial/index.ts", import.meta.url).pathname}";
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    const line = { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1, flowControl: "none" };
    await openPort(parsePortAddress("${pty.node}"), { line }, { onChunk() {}, onLost() {} })
      .then(() => console.log("opened"), (error) => console.log(error.code, error.message));
    process.exit(0);`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  t.match(stdout, /^port-denied .*dialout/);
});
