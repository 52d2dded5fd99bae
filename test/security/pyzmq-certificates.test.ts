import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import {
  newCertificate,
  publicPart,
  formatCertificate,
  readSecretCertificate,
  writeCertificates,
} from "../../src/keys/index.ts";
import { Collector, isReading } from "../support/agent.ts";
import { PYTHON, run } from "../support/program.ts";
import { startSecureAgent } from "../support/secure-agent.ts";

const ROOT = join(import.meta.dirname, "../..");
const WEATHER = join(ROOT, "docs/examples/component.py");

t.test(
  "pyzmq reads telemetry with our certificate as docs/security.md says, and we with pyzmq's",
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const program = { command: PYTHON, args: [WEATHER] };
    const agent = await startSecureAgent({ components: [{ kind: "foreign", name: "weather", program }] });
    t.teardown(() => agent.close());

    const anna = newCertificate("anna");
    writeCertificates(folder, "anna", anna);
    const server = { ...publicPart(newCertificate("agent")), publicKey: agent.serverKey };
    writeFileSync(join(folder, "agent.key"), formatCertificate(server));
    await agent.allow("anna", ["read"], anna);
    const [, snippet = ""] =
      /```python\n([^]*?)```/.exec(readFileSync(join(ROOT, "docs/security.md"), "utf8")) ?? [];
    const address = agent.test.client.endpoints.telemetry;
    const script = join(folder, "reader.py");
    const receive = "sub.rcvtimeo = 60000\nprint(sub.recv_multipart()[0].decode())\n";
    writeFileSync(script, `${snippet.replace("tcp://plant7:5555", address)}${receive}`);
    const read = await run("sh", ["-c", `cd ${folder} && exec ${PYTHON} ${script}`]);
    t.match(read, { code: 0, out: "telemetry/pi/weather/\n" }, read.err);

    const make = join(folder, "make.py");
    writeFileSync(make, "import sys, zmq.auth\nzmq.auth.create_certificates(sys.argv[1], 'bob')\n");
    t.match(await run(PYTHON, [make, folder]), { code: 0 });
    const secret = join(folder, "bob.key_secret");
    chmodSync(secret, 0o600);
    const bob = readSecretCertificate(secret);
    await agent.allow("bob", ["read"], bob);
    const collector = new Collector(agent.clientOf(bob), ["telemetry/"]);
    t.match(await collector.first("a reading", isReading("weather")), { device: "weather" });
  },
);
