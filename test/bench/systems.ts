import { copyFileSync, constants, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { authorize, newCertificate, writeCertificates } from "../../src/keys/index.ts";
import { freeBasePort } from "../support/agent.ts";
import { Probe, type ProbeArguments } from "./probe.ts";
import { System } from "./system.ts";

/** What can be started as often as one likes, in fresh processes each time. */
export interface Candidate {
  readonly name: string;
  start(): Promise<System>;
}

/** What the others are compared with. */
export const REFERENCE = "ten lines";

const ROOT = join(import.meta.dirname, "../..");
const PACKED = join(ROOT, `dist/dunlin-linux-${process.arch}`);
/** Debian's, with Debian's packages; a Python on the PATH may be another. */
const PYTHON = "/usr/bin/python3";
const MOSQUITTO = "/usr/sbin/mosquitto";

/**
 * The ten lines; this agent, from the source and, if there is one, as the binary; pyserial, paho and mosquitto. They run
 * on a copy of our Node: the resident pages of one file are shared by all who run it, and would count for less.
 * @param probe the compiled probe.c
 */
export function candidates(probe: string, folder: string): Candidate[] {
  const node = join(folder, "node");
  copyFileSync(process.execPath, node, constants.COPYFILE_FICLONE);
  const agents: [string, string[]][] = [["agent", [node, join(ROOT, "src/cli/main.ts")]]];
  if (existsSync(PACKED)) agents.push(["agent, packed", [PACKED]]);
  return [
    { name: REFERENCE, start: () => startTenLines(node, probe) },
    ...agents.map(([name, command]) => ({
      name,
      start: () => startAgent(name, command, probe, folder, {}),
    })),
    ...agents.slice(-1).map(([name, command]) => ({
      name: `${name}, CURVE`,
      start: () => startAgent(`${name}, CURVE`, command, probe, folder, { curve: true }),
    })),
    ...agents.slice(-1).map(([name, command]) => ({
      name: `${name}, no journal`,
      start: () => startAgent(`${name}, no journal`, command, probe, folder, { journal: false }),
    })),
    { name: "pyserial + mosquitto", start: () => startMqtt(probe, folder) },
  ];
}

async function startTenLines(node: string, program: string): Promise<System> {
  const endpoint = `tcp://127.0.0.1:${await freeBasePort()}`;
  const [probe, port] = await open(program, ["zmq", endpoint, "gps"]);
  return new System(REFERENCE, probe, [[node, join(import.meta.dirname, "ten-lines.mjs"), port, endpoint]]);
}

async function startAgent(
  name: string,
  command: readonly string[],
  program: string,
  folder: string,
  { journal = true, curve = false }: { readonly journal?: boolean; readonly curve?: boolean },
): Promise<System> {
  const base = await freeBasePort();
  const keysDirectory = join(mkdtempSync(join(folder, "keys-")), "keys");
  const keys = curve ? makeKeys(keysDirectory) : [];
  const [probe, port] = await open(program, ["zmq", `tcp://127.0.0.1:${base}`, "telemetry/", ...keys]);
  const config = join(folder, "agent.yaml");
  // JSON is YAML.
  const text = JSON.stringify({
    name: "bench",
    // Only beyond the loopback is there CURVE.
    listen: { address: curve ? "0.0.0.0" : "127.0.0.1", port: base },
    security: { keysDirectory },
    stateDirectory: join(folder, "state"),
    runtimeDirectory: join(folder, "run"),
    journal: { enabled: journal },
    devices: { gps: { driver: "nmea0183", port } },
  });
  writeFileSync(config, text);
  return new System(name, probe, [[...command, "agent", "-c", config, "--log-level", "error"]]);
}

/** Keys for the agent, and for the probe, which may read. @returns server's, public and secret key */
function makeKeys(keysDirectory: string): [string, string, string] {
  const server = newCertificate("agent");
  const client = newCertificate("probe");
  writeCertificates(keysDirectory, "agent", server);
  authorize(keysDirectory, "probe", client, ["read"]);
  return [server.publicKey, client.publicKey, client.secretKey];
}

async function startMqtt(program: string, folder: string): Promise<System> {
  const broker = String(await freeBasePort());
  const config = join(folder, "mosquitto.conf");
  const lines = [
    `listener ${broker} 127.0.0.1`,
    "allow_anonymous true",
    "persistence false",
    "log_dest none",
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  const [probe, port] = await open(program, ["mqtt", broker, "gps"]);
  return new System("pyserial + mosquitto", probe, [
    [MOSQUITTO, "-c", config],
    [PYTHON, join(import.meta.dirname, "ten-lines.py"), port, broker],
  ]);
}

async function open(program: string, args: ProbeArguments): Promise<[Probe, port: string]> {
  const probe = new Probe(program, args);
  return [probe, await probe.port()];
}
