import { existsSync } from "node:fs";
import { DunlinError } from "../base/index.ts";
import { parseDuration } from "../config/index.ts";
import { LINE_8N1 } from "../device/index.ts";
import { formatPortAddress, parsePortAddress, type PortAddress } from "../message/index.ts";
import type { LineSettings, RecordingHeader } from "../serial/index.ts";
import { chooseDriver, type DriverChoice } from "./driver-choice.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { PortRecording, type RecordingPlan } from "./port-recording.ts";
import { terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

interface RecordCommandOptions {
  readonly baud?: number;
  readonly dataBits?: string;
  readonly parity?: LineSettings["parity"];
  readonly stopBits?: string;
  readonly driver?: string;
  readonly exclusive: boolean;
  readonly duration?: string;
  readonly bytes?: number;
  readonly force?: boolean;
}

/** Until a signal, `--duration` or `--bytes`. */
export async function recordCommand(
  port: string,
  file: string,
  options: RecordCommandOptions,
): Promise<ExitCode> {
  const plan = await planOf(port, file, options);
  const recording = new PortRecording(plan);
  process.once("SIGINT", () => recording.end());
  process.once("SIGTERM", () => recording.end());
  const { bytes, elapsedMs, gaps } = await recording.ended;
  const lost = gaps === 0 ? "" : `; the port was lost ${gaps === 1 ? "once" : `${gaps} times`}`;
  terminal.note(`${file}: ${bytes} bytes in ${(elapsedMs / 1_000).toFixed(1)} s${lost}`);
  if (bytes === 0)
    terminal.note("Nothing came. Is the device on, and are its wires and the baud rate right?");
  return EXIT.ok;
}

/** @throws DunlinError `address-invalid`, `usage` */
async function planOf(port: string, file: string, options: RecordCommandOptions): Promise<RecordingPlan> {
  const address = parsePortAddress(port);
  const choice = await driverOf(address, options);
  const line = lineOf(address, choice, options);
  const limits = limitsOf(options);
  // The recorder looks once more; but that is after the port was opened, which may set a device back.
  if (!options.force && existsSync(file))
    throw new DunlinError(
      "usage",
      `${file} is there already: take another name, or write over it with --force`,
    );
  return {
    address,
    file,
    overwrite: options.force === true,
    port: {
      line,
      exclusive: options.exclusive,
      ...(choice && { simulate: () => choice.driver.simulate(choice.settings, Math.random) }),
    },
    header: (): RecordingHeader => ({
      port: formatPortAddress(address),
      ...(address.kind === "tty" && { line }),
      ...(choice && { driver: choice.driver.name }),
      start: new Date().toISOString(),
      dunlin: VERSION,
    }),
    ...limits,
  };
}

/** `sim://` names a driver, too. */
async function driverOf(
  address: PortAddress,
  { driver }: RecordCommandOptions,
): Promise<DriverChoice | undefined> {
  if (address.kind === "file")
    throw new DunlinError("usage", `${address.path} is a recording already: copy it`);
  const simulated = address.kind === "sim" && address.driver !== "" ? address.driver : driver;
  if (address.kind === "sim" && (simulated === undefined || (driver ?? simulated) !== simulated))
    throw new DunlinError(
      "usage",
      "say which device is to be simulated: sim:// with --driver, or sim://nmea0183",
    );
  return simulated === undefined ? undefined : chooseDriver(simulated);
}

/** A wrong guess of the baud rate would record nothing but noise, so there is none. */
function lineOf(
  address: PortAddress,
  choice: DriverChoice | undefined,
  { baud, dataBits, parity, stopBits }: RecordCommandOptions,
): LineSettings {
  if (baud !== undefined && !(Number.isInteger(baud) && baud > 0 && baud <= 4_000_000))
    throw new DunlinError("usage", "--baud takes a whole number from 1 to 4000000");
  if (address.kind === "tty" && baud === undefined && !choice)
    throw new DunlinError("usage", "how is the line set? Say --driver, or --baud and what is not 8N1");
  return {
    ...LINE_8N1,
    baudRate: 9600,
    ...choice?.driver.line,
    ...(baud !== undefined && { baudRate: baud }),
    // The choices are checked by the command line.
    ...(dataBits !== undefined && { dataBits: Number(dataBits) as LineSettings["dataBits"] }),
    ...(parity !== undefined && { parity }),
    ...(stopBits !== undefined && { stopBits: Number(stopBits) as LineSettings["stopBits"] }),
  };
}

function limitsOf({ duration, bytes }: RecordCommandOptions): { maxMs?: number; maxBytes?: number } {
  const maxMs = duration === undefined ? undefined : parseDuration(duration);
  if (duration !== undefined && maxMs === undefined)
    throw new DunlinError("usage", "--duration takes a number and ms, s, m or h: 30s, 10m");
  if (bytes !== undefined && !(Number.isSafeInteger(bytes) && bytes > 0))
    throw new DunlinError("usage", "--bytes takes a whole number from 1 on");
  return { ...(maxMs !== undefined && { maxMs }), ...(bytes !== undefined && { maxBytes: bytes }) };
}
