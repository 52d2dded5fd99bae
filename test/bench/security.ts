/**
 * npm run bench:security [-- --short]
 *
 * What keys cost, and what strangers can do. Side by side in one run: an agent without keys and one with CURVE, how many
 * readings a second come through and how long a query takes; then queries to the latter while thousands of connections
 * stay in the middle of their handshake and one sends garbage. What counts are the ratios, the medians over the rounds.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Subscriber } from "zeromq";
import { Requester } from "../../src/bus/index.ts";
import { connectOptions, type ClientKeys } from "../../src/bus/options.ts";
import { authorize, newCertificate, writeCertificates } from "../../src/keys/index.ts";
import { decodeReply, encode } from "../../src/message/index.ts";
import { freeBasePort } from "../support/agent.ts";

const { values } = parseArgs({ options: { short: { type: "boolean" } } });
const ROUNDS = values.short ? 1 : 3;
const SECONDS = values.short ? 2 : 5;
const HALF_OPEN = 5_000;
const GARBAGE_BYTES = 1_000_000;
/** As much as the core takes on two cores beside what makes it and what reads it. */
const FLAT_OUT = 20_000;
const QUERY_INTERVAL_MS = 5;

const ROOT = join(import.meta.dirname, "../..");
const PACKED = join(ROOT, `dist/dunlin-linux-${process.arch}`);
const PROGRAM = existsSync(PACKED) ? [PACKED] : [process.execPath, join(ROOT, "src/cli/main.ts")];

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly keys: ClientKeys | undefined;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const rounds: { plain: Cost; curve: Cost }[] = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push({ plain: await cost(folder, false), curve: await cost(folder, true) });
    const attacks: { quiet: Latency; attacked: Latency }[] = [];
    for (let round = 0; round < ROUNDS; round++) attacks.push(await attack(folder));
    report(rounds, attacks);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Latency {
  readonly p50Us: number;
  readonly p99Us: number;
}

interface Cost extends Latency {
  readonly readingsPerSecond: number;
}

async function cost(folder: string, isCurve: boolean): Promise<Cost> {
  const flooded = await start(folder, isCurve, FLAT_OUT);
  const readingsPerSecond = await throughput(flooded);
  await stop(flooded);
  const idle = await start(folder, isCurve, 100);
  const latency = await queryLatency(idle);
  await stop(idle);
  return { readingsPerSecond, ...latency };
}

async function attack(folder: string): Promise<{ quiet: Latency; attacked: Latency }> {
  const agent = await start(folder, true, 100);
  const quiet = await queryLatency(agent);
  const script = join(import.meta.dirname, "attacker.ts");
  const words = ["127.0.0.1", String(agent.port), String(HALF_OPEN), String(GARBAGE_BYTES)];
  const attacker = spawn(process.execPath, [script, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  await once(attacker.stdout, "data");
  const attacked = await queryLatency(agent);
  attacker.kill();
  await once(attacker, "exit");
  await stop(agent);
  return { quiet, attacked };
}

async function throughput({ port, keys }: Running): Promise<number> {
  const endpoint = `tcp://127.0.0.1:${port}`;
  const socket = new Subscriber({ ...connectOptions(endpoint, keys), receiveHighWaterMark: 100_000 });
  socket.connect(endpoint);
  socket.subscribe("telemetry/");
  await socket.receive();
  const startMs = performance.now();
  let count = 0;
  for (; performance.now() - startMs < SECONDS * 1_000; count++) await socket.receive();
  const seconds = (performance.now() - startMs) / 1_000;
  socket.close();
  return count / seconds;
}

async function queryLatency({ port, keys }: Running): Promise<Latency> {
  const requester = Requester.open(`tcp://127.0.0.1:${port + 2}`, keys);
  const query = encode({ query: "describe" });
  const took: number[] = [];
  // What is compiled as it runs is compiled after some hundred.
  for (let i = 0; i < 300; i++) await requester.request(query, 30_000);
  for (const endMs = performance.now() + SECONDS * 1_000; performance.now() < endMs;) {
    const startMs = performance.now();
    decodeReply(await requester.request(query, 30_000));
    took.push((performance.now() - startMs) * 1_000);
    await new Promise((resolve) => setTimeout(resolve, QUERY_INTERVAL_MS));
  }
  requester.close();
  took.sort((a, b) => a - b);
  const quantile = (share: number): number => took[Math.floor(took.length * share)] ?? NaN;
  return { p50Us: quantile(0.5), p99Us: quantile(0.99) };
}

async function start(folder: string, isCurve: boolean, perSecond: number): Promise<Running> {
  const port = await freeBasePort();
  const own = mkdtempSync(join(folder, "a-"));
  const keysDirectory = join(own, "keys");
  const server = newCertificate("agent");
  const client = newCertificate("client");
  writeCertificates(keysDirectory, "agent", server);
  authorize(keysDirectory, "client", client, ["read"]);
  const hose = [
    process.execPath,
    join(ROOT, "test/support/firehose.mjs"),
    String(perSecond),
    join(own, "ran"),
  ];
  const config = {
    name: "bench",
    clock: "synced",
    listen: { address: isCurve ? "0.0.0.0" : "127.0.0.1", port },
    security: { keysDirectory },
    stateDirectory: join(own, "state"),
    runtimeDirectory: join(own, "run"),
    journal: { enabled: false },
    components: { hose: { command: hose } },
  };
  const file = join(own, "agent.yaml");
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config));
  const [command = "", ...args] = PROGRAM;
  const child = spawn(command, [...args, "agent", "-c", file, "--log-level", "error"], { stdio: "inherit" });
  const { publicKey, secretKey } = client;
  const keys = isCurve ? { serverKey: server.publicKey, publicKey, secretKey } : undefined;
  const running = { child, port, keys };
  const requester = Requester.open(`tcp://127.0.0.1:${port + 2}`, keys);
  await requester.request(encode({ query: "status" }), 60_000);
  requester.close();
  return running;
}

async function stop({ child }: Running): Promise<void> {
  child.kill("SIGTERM");
  await once(child, "exit");
}

function report(
  rounds: readonly { readonly plain: Cost; readonly curve: Cost }[],
  attacks: readonly { readonly quiet: Latency; readonly attacked: Latency }[],
): void {
  const line = (what: string, before: readonly number[], after: readonly number[], unit: string): void => {
    const ratio = median(after.map((value, at) => value / (before[at] ?? NaN)));
    const figures = [median(before), median(after)].map((value) => String(Math.round(value)).padStart(8));
    console.log(`${what.padEnd(44)} ${figures.join(" ")} ${unit.padEnd(11)} ${ratio.toFixed(2)} ×`);
  };
  const plain = <K extends keyof Cost>(key: K): number[] => rounds.map((round) => round.plain[key]);
  const curve = <K extends keyof Cost>(key: K): number[] => rounds.map((round) => round.curve[key]);
  line("readings, plain and with CURVE", plain("readingsPerSecond"), curve("readingsPerSecond"), "a second");
  line("query, plain and with CURVE, p50", plain("p50Us"), curve("p50Us"), "µs");
  line("query, plain and with CURVE, p99", plain("p99Us"), curve("p99Us"), "µs");
  for (const key of ["p50Us", "p99Us"] as const)
    line(
      `query, quiet and under attack, ${key.slice(0, 3)}`,
      attacks.map(({ quiet }) => quiet[key]),
      attacks.map(({ attacked }) => attacked[key]),
      "µs",
    );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

await main();
