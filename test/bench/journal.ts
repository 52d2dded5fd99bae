/**
 * npm run bench:journal [-- --short]
 *
 * What the journal costs and gives: bytes written to the disk for each byte of telemetry at 100 readings/s, as the kernel
 * counts them for the journal's process (proc(5), io: write_bytes); and how fast a day of a device that speaks ten times
 * a second comes back, over the sockets, through the library, to a program that counts it. docs/benchmarks.md has figures.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { connect, type Client } from "../../src/client/index.ts";
import { Journal } from "../../src/journal/index.ts";
import { encodeReading } from "../../src/message/index.ts";
import { freeBasePort } from "../support/agent.ts";
import { RunningCli } from "../support/cli.ts";
import { statusOf } from "../support/cli-agent.ts";

const DAY = 864_000;
const PER_SECOND = 100;
/** Two takings-over by the archive, at this rate. */
const FULL = { readings: DAY, writeSeconds: 1_500 };
const SHORT = { readings: DAY / 8, writeSeconds: 15 };

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { short: { type: "boolean" } } });
  const { readings, writeSeconds } = values.short ? SHORT : FULL;
  await replayRate(readings);
  await writeAmplification(writeSeconds);
}

async function replayRate(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  fill(join(folder, "state"), count);
  await withAgent(folder, "devices: {}\n", async (client) => {
    await statusOf({ client });
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    let got = 0;
    let firstMs = 0;
    const topic = `bench/${DEVICE}`;
    const stream = client.subscribeDurable(topic, { from: new Map([[topic, { epoch: 0, seq: 0 }]]) });
    for await (const batch of stream.batches()) {
      firstMs ||= performance.now();
      if ((got += batch.length) >= count) break;
    }
    const endMs = performance.now();
    const perSecond = Math.round(got / ((endMs - firstMs) / 1_000));
    const cpuSeconds = process.cpuUsage(cpu).user / 1e6;
    console.log(
      `replay: ${got} readings ${((endMs - startMs) / 1_000).toFixed(2)} s after connecting, ${perSecond} a second (${cpuSeconds.toFixed(2)} s of CPU in the reader)`,
    );
  });
}

const DEVICE = "gps";

/** As an agent would have written them in one epoch. */
function fill(state: string, count: number): void {
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, "epoch"), "1\n");
  const now = (): number => Date.now() * 1_000;
  const options = { maxBytes: 256e6, maxAgeMs: 30 * 86_400_000, lowDiskBytes: 0, now };
  const { journal } = Journal.open({ path: join(state, "journal"), ...options });
  const start = now() - count * 100_000;
  let [latitude, longitude] = [54, 8];
  for (let seq = 1; seq <= count; seq++) {
    latitude += (Math.random() - 0.5) * 1e-5;
    longitude += (Math.random() - 0.5) * 1e-5;
    const values = { latitude: round(latitude), longitude: round(longitude), speed: round(Math.random()) };
    const time = start + seq * 100_000;
    journal.append(DEVICE, 1, seq, time, encodeReading({ epoch: 1, seq, time, clock: "synced", values }));
    if (seq % 5_000 === 0) journal.commit();
  }
  journal.close();
}

function round(value: number): number {
  return Math.round(value * 1e7) / 1e7;
}

async function writeAmplification(seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const [server, port] = await serveSentences();
  const config = `devices:\n  ${DEVICE}: { driver: nmea0183, port: "tcp://127.0.0.1:${port}" }\n`;
  await withAgent(folder, config, async (client) => {
    const { pid } = (await statusOf({ client })).components["journal"] ?? { pid: 0 };
    let [bytes, count] = [0, 0];
    const stream = client.subscribe(`bench/${DEVICE}`);
    await stream.next();
    const before = writtenBytes(pid);
    const timer = setTimeout(() => stream.close(), seconds * 1_000);
    for await (const message of stream)
      if (message.kind === "telemetry") {
        bytes += encodeReading(message).length;
        count++;
      }
    clearTimeout(timer);
    const ratio = (writtenBytes(pid) - before) / bytes;
    console.log(
      `written: ${ratio.toFixed(2)} bytes for each byte of ${count} readings of ${(bytes / count).toFixed(0)} bytes, ${(count / seconds).toFixed(0)} a second`,
    );
  });
  server.close();
}

function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "latin1"))?.[1] ?? 0);
}

/** A receiver that moves: every number of a sentence changes. */
async function serveSentences(): Promise<[Server, number]> {
  let [latitude, longitude, speed] = [5_401.88, 848.2, 3];
  const sentence = (): string => {
    latitude += (Math.random() - 0.5) * 1e-3;
    longitude += (Math.random() - 0.5) * 1e-3;
    speed = Math.abs(speed + (Math.random() - 0.5) * 0.2);
    const utc = new Date().toISOString().slice(11, 22).replaceAll(":", "");
    const place = `${latitude.toFixed(4).padStart(9, "0")},N,${longitude.toFixed(4).padStart(10, "0")},E`;
    const text = `GPRMC,${utc},A,${place},${speed.toFixed(1)},84.4,241126,,,A`;
    const sum = Buffer.from(text).reduce((all, byte) => all ^ byte, 0);
    return `$${text}*${sum.toString(16).toUpperCase().padStart(2, "0")}\r\n`;
  };
  const server = createServer((socket) => {
    const timer = setInterval(() => socket.write(sentence()), 1_000 / PER_SECOND);
    socket.on("error", () => {}).on("close", () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return [server, typeof address === "object" && address ? address.port : 0];
}

async function withAgent(
  folder: string,
  yaml: string,
  use: (client: Client) => Promise<void>,
): Promise<void> {
  const port = await freeBasePort();
  writeFileSync(join(folder, "agent.yaml"), `name: bench\nclock: synced\nlisten: { port: ${port} }\n${yaml}`);
  const env = { STATE_DIRECTORY: join(folder, "state"), RUNTIME_DIRECTORY: join(folder, "run") };
  const agent = new RunningCli(["agent", "-c", join(folder, "agent.yaml"), "--log-level", "error"], { env });
  const client = connect(`tcp://127.0.0.1:${port}`);
  try {
    await use(client);
  } finally {
    client.close();
    await agent.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
