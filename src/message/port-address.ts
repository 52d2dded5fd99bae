import { isIPv6 } from "node:net";
import { DunlinError } from "../base/index.ts";
import { isName, NAME_PATTERN } from "./name.ts";

/** Where a byte line is. The one grammar for configurations, the command line and messages. */
export type PortAddress =
  | { readonly kind: "tty"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  /** `driver` empty, from `sim://` alone: the simulator of the device's own driver. */
  | { readonly kind: "sim"; readonly driver: string }
  /** A recording. `speed` 0: as fast as it goes; `loop`: begins again at its end. */
  | { readonly kind: "file"; readonly path: string; readonly speed: number; readonly loop: boolean };

/** For messages: what an address may look like. */
export const PORT_ADDRESS_FORMS = "/dev/…, tcp://host:port, sim:// or file:///…";

/** Any absolute path: symbolic links to ttys stand anywhere. One line without a NUL, and not that of a folder. */
const PATH_PATTERN = "/[^\\0\\r\\n]*[^/\\0\\r\\n]";
const PATH = new RegExp(`^${PATH_PATTERN}$`);

/** Taken as it is, without %20 and the like; what follows the first `?` are options. */
const FILE_PATTERN = "/[^?\\0\\r\\n]*[^?/\\0\\r\\n]";
const FILE_OPTIONS = "(?:\\?[^?\\0\\r\\n]*)?";
const FILE = new RegExp(`^(?<path>${FILE_PATTERN})(?<options>${FILE_OPTIONS})$`);
/** Few digits, so that a number is written as it was read. */
const SPEED = /^speed=(\d{1,6}(?:\.\d{1,3})?)$/;
/** Recordings are ordinary files, and /dev has none but in its RAM disk. */
const DEVICE = /^\/dev\/(?!shm\/)/;

/** The shape, for the schema that editors check with: every address has it, and {@link parsePortAddress} looks closer. */
export const PORT_PATTERN = `^(?:${PATH_PATTERN}|tcp://[^/\\s]+:[0-9]{1,5}|sim://(?:${NAME_PATTERN.slice(1, -1)})?|file://${FILE_PATTERN}${FILE_OPTIONS})$`;

/** Host names as RFC 1123 §2.1 has them, and `_`, which Docker's have. */
const HOST = /^(?=.{1,253}$)[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_][a-z0-9_-]{0,62})*\.?$/i;
const HOST_AND_PORT = /^(?:\[(?<v6>[^[\]]+)\]|(?<name>[^:[\]]+))(?::(?<digits>\d+))?$/;

/** What people write instead: a name without its folder, a host without its scheme, a path with one. */
const CORRECTIONS: readonly (readonly [RegExp, string])[] = [
  [/^(?=(?:tty|serial\d|rfcomm)[\w-]*$)/, "/dev/"],
  [/^(?=dev\/)/, "/"],
  [/^(?:tty|serial):\/\/(?=\/)/, ""],
  [/^tcp:\/{0,2}/i, "tcp://"],
  [/^(?=(?:[\w.-]+|\[[^\]]+\]):\d+$)/, "tcp://"],
  [/^sim\w*$/i, "sim://"],
  [/^sim[:/]+/i, "sim://"],
];

/**
 * `/dev/ttyUSB0` (any absolute path), `tcp://host:port`, `tcp://[::1]:port`, `sim://driver`, `sim://` alone for the device's
 * own driver, and `file:///path` for a recording, with `?speed=10`, `?loop` or both.
 * @throws DunlinError `address-invalid`, with what was probably meant
 */
export function parsePortAddress(text: string): PortAddress {
  const address = read(text);
  if (typeof address === "object") return address;
  const hint = address ?? `a port is ${PORT_ADDRESS_FORMS}`;
  throw new DunlinError("address-invalid", `${JSON.stringify(text)} is not a port: ${hint}`, {
    context: { address: text },
  });
}

/** What was probably meant by a text that is no address; undefined if it is one, or if that cannot be told. */
export function portAddressHint(text: string): string | undefined {
  const address = read(text);
  return typeof address === "string" ? address : undefined;
}

/** The address as it is written in a configuration. */
export function formatPortAddress(address: PortAddress): string {
  switch (address.kind) {
    case "tty":
      return address.path;
    case "tcp":
      return `tcp://${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;
    case "sim":
      return `sim://${address.driver}`;
    case "file":
      return `file://${address.path}${optionsText(address)}`;
  }
}

/** @returns the address, or what may help; undefined if nothing is known that may */
function read(text: string): PortAddress | string | undefined {
  if (text.startsWith("/")) return readPath(text);
  if (text.startsWith("tcp://")) return readTcp(text.slice("tcp://".length));
  if (text.startsWith("sim://")) return readSim(text.slice("sim://".length));
  if (text.startsWith("file:")) return readFile(text.slice("file:".length));
  if (/^COM\d+$/i.test(text)) return "that is a name of Windows: `dunlin ports` lists those of this machine";
  const [mistake, right] = CORRECTIONS.find(([pattern]) => pattern.test(text)) ?? [];
  if (!mistake || right === undefined) return undefined;
  const corrected = text.replace(mistake, right);
  return didYouMean(corrected, read(corrected));
}

/** A correction is only offered if it is an address; else what is wrong with the correction. */
function didYouMean<T extends string | undefined>(corrected: string, address: PortAddress | T): string | T {
  return typeof address === "object" ? `did you mean ${corrected}?` : address;
}

function readPath(path: string): PortAddress | string {
  return PATH.test(path) ? { kind: "tty", path } : "it must be the path of a device, not of a folder";
}

function readTcp(rest: string): PortAddress | string {
  const { v6, name, digits } = HOST_AND_PORT.exec(rest)?.groups ?? {};
  const host = v6 ?? name ?? "";
  if (v6 === undefined ? !HOST.test(host) : !isIPv6(host)) return tcpHint(rest);
  if (digits === undefined) return "the TCP port is missing: write tcp://host:port";
  const port = Number(digits);
  if (digits.length > 5 || port < 1 || port > 65_535) return "the TCP port must be from 1 to 65535";
  return { kind: "tcp", host, port };
}

function tcpHint(rest: string): string {
  const slashless = /^([^/]+)\/$/.exec(rest)?.[1];
  if (slashless !== undefined) return didYouMean(`tcp://${slashless}`, readTcp(slashless));
  const [, v6 = "", port = ""] = /^(.+):(\d+)$/.exec(rest) ?? [];
  if (isIPv6(v6)) return `an IPv6 address goes in brackets: tcp://[${v6}]:${port}`;
  return "a TCP line is tcp://host:port, an IPv6 address in brackets: tcp://[::1]:4001";
}

function readSim(driver: string): PortAddress | string {
  return driver === "" || isName(driver)
    ? { kind: "sim", driver }
    : "a simulated line is sim:// alone, or sim:// and the name of a driver: sim://nmea0183";
}

function optionsText({ speed, loop }: { readonly speed: number; readonly loop: boolean }): string {
  const options = [...(speed === 1 ? [] : [`speed=${speed}`]), ...(loop ? ["loop"] : [])];
  return options.length === 0 ? "" : `?${options.join("&")}`;
}

const FILE_EXAMPLE = "file:///tmp/gps.rec?speed=10&loop";

function readFile(rest: string): PortAddress | string {
  if (!/^\/{3}(?!\/)/.test(rest)) return fileHint(rest);
  const { path, options = "" } = FILE.exec(rest.slice("//".length))?.groups ?? {};
  if (path === undefined) return `a recording is the path of a file, and options: ${FILE_EXAMPLE}`;
  if (DEVICE.test(path)) return didYouMean(path, readPath(path));
  const read = readOptions(options);
  return read
    ? { kind: "file", path, ...read }
    : `the options of a recording are speed and loop: ${FILE_EXAMPLE}`;
}

/** Each at most once. @returns undefined if they are not right */
function readOptions(text: string): { speed: number; loop: boolean } | undefined {
  const options = text === "" ? [] : text.slice(1).split("&");
  const speeds = options.flatMap((option) => SPEED.exec(option)?.[1] ?? []);
  const loops = options.filter((option) => option === "loop");
  if (speeds.length > 1 || loops.length > 1 || speeds.length + loops.length < options.length)
    return undefined;
  return { speed: Number(speeds[0] ?? 1), loop: loops.length > 0 };
}

/** A path that is not absolute is refused: nobody knows in which folder the agent's service is. */
function fileHint(rest: string): string {
  if (!rest.startsWith("/")) return `the path of a recording is absolute: ${FILE_EXAMPLE}`;
  const corrected = `///${rest.replace(/^\/+/, "")}`;
  return didYouMean(`file:${corrected}`, readFile(corrected));
}
