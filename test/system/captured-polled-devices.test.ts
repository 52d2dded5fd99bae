import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { describedDriver } from "../../devices/descriptions.ts";
import { DRIVERS } from "../../devices/index.ts";
import { connect, type Client } from "../../src/client/index.ts";
import type { Driver, DriverEvent } from "../../src/device/index.ts";
import { settingsOf } from "../devices/settings.ts";
import { Collector, freeBasePort } from "../support/agent.ts";
import { RunningCli } from "../support/cli.ts";
import { statusOf } from "../support/cli-agent.ts";
import { converse } from "../support/conversation.ts";
import { openPty, type Pty } from "../support/pty.ts";
import { playPeer, recordedSimulator } from "../support/recorded-peer.ts";
import { ENERGY } from "./polled/energy.ts";
import { MODBUS } from "./polled/modbus.ts";
import { NoRecording, type PolledRecording } from "./polled/recording.ts";
import { SENSORS } from "./polled/sensors.ts";

/** What a port that is opened in the middle of something sees first, and what is on the line before each answer here. */
const NOISE = Buffer.from("00ff80a55a13", "hex");
/** More than any round of polls brings. */
const READINGS = 12;
/** A meter at 300 baud is listened to for 10 s before it is asked; only a guard against hanging. */
const LIMIT_MS = 60_000;

/** One of each protocol that asks and has an answer in the recordings, by the devices' names. */
const RECORDINGS = Object.entries({ ...ENERGY, ...MODBUS, ...SENSORS });

interface Played extends PolledRecording {
  readonly device: string;
  readonly baudRate: number;
  readonly pty: Pty;
  /** What the driver makes of the same answers in a time of its own, each once. */
  readonly wanted: readonly string[];
}

/** On which terminal each port is; those of one bus have the same. */
const ptys = new Map<string, Pty>();

/** @returns nothing if these recordings do not have it */
async function prepare(device: string, load: () => PolledRecording): Promise<Played[]> {
  try {
    return [await playedOf(device, load())];
  } catch (error) {
    if (!(error instanceof NoRecording)) throw error;
    t.comment(error.message);
    return [];
  }
}

async function playedOf(device: string, recording: PolledRecording): Promise<Played> {
  const { driver: name, description, bus = device, settings: given } = recording;
  const driver = (description
    ? describedDriver(name, description as Parameters<typeof describedDriver>[1])
    : await DRIVERS[name]?.()) as unknown as Driver<unknown>;
  const settings = settingsOf(driver, given);
  const pty = ptys.get(bus) ?? openPty(bus);
  ptys.set(bus, pty);
  const wanted = new Set(eventsOf(driver, settings, recording).flatMap(readings));
  return { ...recording, device, baudRate: driver.line.baudRate, pty, wanted: [...wanted] };
}

/** A driver that does not ask takes the answers as what its device sends by itself. */
function eventsOf(
  driver: Driver<unknown>,
  settings: unknown,
  { command, exchanges }: PolledRecording,
): readonly DriverEvent[] {
  if (command !== undefined)
    return driver.open(settings).push(Buffer.concat(exchanges.map(({ answer }) => answer)));
  const recorded = { ...driver, simulate: () => recordedSimulator(exchanges) };
  return converse(recorded, settings, { readings: READINGS });
}

function readings(event: DriverEvent): string[] {
  return event.type === "reading" ? [plain(event.values)] : [];
}

function plain(values: object): string {
  const entries = Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}

/** An agent with these devices, and the descriptions of their drivers beside its configuration. */
async function startAgent(t: Test, played: readonly Played[]): Promise<Client> {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  const base = await freeBasePort();
  mkdirSync(join(folder, "drivers"));
  // JSON is YAML.
  for (const { driver, description } of played)
    if (description) writeFileSync(join(folder, "drivers", `${driver}.yaml`), JSON.stringify(description));
  const devices = played.map(({ device, driver, pty, settings = {} }) => [
    device,
    { driver, port: pty.path, settings },
  ]);
  const config = {
    name: "pi",
    clock: "synced",
    stateDirectory: join(folder, "state"),
    runtimeDirectory: join(folder, "run"),
    listen: { port: base },
    devices: Object.fromEntries(devices) as object,
  };
  writeFileSync(join(folder, "agent.yaml"), JSON.stringify(config));
  const agent = new RunningCli(["agent", "-c", join(folder, "agent.yaml"), "--log-format", "text"]);
  const client = connect(`tcp://127.0.0.1:${base}`);
  t.teardown(async () => {
    client.close();
    await agent.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return client;
}

t.test(
  "recorded devices that answer, through a terminal at their own speed, with noise before each answer",
  { timeout: 3 * LIMIT_MS },
  async (t) => {
    const devices = (await Promise.all(RECORDINGS.map((one) => prepare(...one)))).flat();
    if (devices.length === 0) return t.comment("there are no recordings here");
    for (const { device, values, wanted } of devices) {
      const found = wanted.flatMap((one) => Object.values(JSON.parse(one) as object) as unknown[]);
      for (const value of values) t.ok(found.includes(value), `${device}: the recording's ${String(value)}`);
      t.not(values.length, 0, `${device}: the recording has values`);
    }
    const client = await startAgent(t, devices);
    const collector = new Collector(client, ["telemetry/", "state/"]);
    // Some is told once only, such as who an instrument is; what was asked before the peers are there waits in the terminal.
    await collector.subscribed();
    const peers = Promise.allSettled([...ptys.values()].map((pty) => playBus(devices, pty)));
    t.teardown(async () => {
      for (const pty of ptys.values()) pty.close();
      await peers;
    });
    await Promise.all(
      devices.filter((one) => one.command !== undefined).map((one) => command(t, client, one)),
    );
    for (const { device, wanted } of devices) {
      const told = (): string[] => collector.telemetry(device).map(({ values }) => plain(values));
      const isAll = (): boolean => wanted.every((one) => told().includes(one));
      await collector.first(`all of ${device}`, isAll, LIMIT_MS).catch(() => undefined);
      t.same([...new Set(told())].toSorted(), wanted.toSorted(), device);
    }
  },
);

/** All devices that are at the same terminal. */
function playBus(played: readonly Played[], pty: Pty): Promise<void> {
  const there = played.filter((one) => one.pty === pty);
  const [{ baudRate, noise = NOISE } = { baudRate: 9_600 }] = there;
  return playPeer(
    pty,
    there.flatMap(({ exchanges }) => exchanges),
    { baudRate, noise },
  );
}

/** Asks by a command, whose result is the reading. A port that is not open yet does not hear: noise until some has come. */
async function command(
  t: Test,
  client: Client,
  { device, command = "", pty, wanted }: Played,
): Promise<void> {
  for (;;) {
    await pty.write(NOISE);
    const { devices } = await statusOf({ client });
    if ((devices[device]?.counters?.["bytes"] ?? 0) > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const outcome = await client.push(`pi/${device}`, command);
  t.match(outcome, { state: "succeeded" }, `${device}: ${command}`);
  t.ok(wanted.includes(plain(outcome.result ?? {})), `${device}: the result of ${command}`);
}
