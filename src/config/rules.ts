import { BlockList, isIP } from "node:net";
import { parsePortAddress, PORT_PATTERN, portAddressHint } from "../message/index.ts";
import type { Config } from "./config.ts";
import { MAX_DURATION_MS, parseDuration } from "./duration.ts";
import { foundText } from "./expectation.ts";
import type { Faults, Path } from "./fault.ts";
import { didYouMean } from "./nearest.ts";
import { type ConfigNode, entriesAt, type ScalarNode, textOf } from "./node.ts";
import { PORT_TITLE } from "./device-schema.ts";
import type { DriverSchema } from "./schema.ts";
import { placeText, type Span } from "./source.ts";

/** Parts of the agent itself; a component or bridge of that name could not be told from them. */
const RESERVED: readonly string[] = ["agent", "core", "journal"];

/** The bridge that devices are in when they name none. */
const DEFAULT_BRIDGE = "bridge";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** What a schema cannot say: rules between settings, and grammars. Values of the wrong type are passed over; the schema tells of them. */
export function checkRules(root: ConfigNode, schemas: readonly DriverSchema[], faults: Faults): void {
  const drivers = schemas.map(({ name }) => name);
  const shared = new Set(schemas.filter(({ isShared }) => isShared).map(({ name }) => name));
  checkAddress(root, "listen", faults);
  checkAddress(root, "http", faults);
  for (const [name, { value }] of entriesAt(root, "devices")) checkDevice(name, value, drivers, faults);
  checkPorts(root, shared, faults);
  checkComponents(root, faults);
}

/** Only what the grammar of ports says is said of these; the schema's pattern speaks for the rest. */
const PORT_SHAPE = new RegExp(PORT_PATTERN);

function checkAddress(root: ConfigNode, section: "listen" | "http", faults: Faults): void {
  const node = entriesAt(root, section).get("address")?.value;
  const address = textOf(node);
  if (node?.kind !== "scalar" || address === undefined || isIP(address) !== 0) return;
  const hint =
    address === "localhost" ? "write 127.0.0.1" : address === "*" ? "all addresses are 0.0.0.0" : undefined;
  faults.add(node.at, [section, "address"], `expected an IP address, found ${JSON.stringify(address)}`, {
    code: "address-invalid",
    hint,
  });
}

/** An address that others reach is either bound with keys or said to be insecure: docs/protocol.md, "Sockets". */
export function checkReach(
  root: ConfigNode,
  { listen, security }: Config,
  hasKeys: boolean,
  faults: Faults,
): void {
  if (isLoopback(listen.address) || listen.insecure || hasKeys) return;
  const at = entriesAt(root, "listen").get("address")?.value.at ?? root.at;
  const message = `${listen.address} can be reached from other hosts, and this agent has no keys to tell friends from strangers`;
  const hint = `make keys with dunlin keys new --agent (they go to ${security.keysDirectory}), or let everybody in with insecure: true`;
  faults.add(at, ["listen", "address"], message, { code: "insecure-address", hint });
}

/** Ports from the base port on that are the agent's own, a hub's for agents among them. */
const OWN_PORTS = 5;

/** HTTP has no keys: others reach it only if that was said in so many words. */
export function checkHttp(root: ConfigNode, { http, listen }: Config, faults: Faults): void {
  if (!http) return;
  const settings = entriesAt(root, "http");
  if (!isLoopback(http.address) && !http.insecure) {
    const at = settings.get("address")?.value.at ?? root.at;
    const message = `${http.address} can be reached from other hosts, and HTTP has no keys to tell friends from strangers`;
    const hint =
      "keep to 127.0.0.1 and let a proxy or an exporter of the host pass it on, or let everybody read with insecure: true";
    faults.add(at, ["http", "address"], message, { code: "insecure-address", hint });
  }
  if (http.port < listen.port || http.port >= listen.port + OWN_PORTS) return;
  const last = listen.port + OWN_PORTS - 1;
  faults.add(
    settings.get("port")?.value.at ?? root.at,
    ["http", "port"],
    `${listen.port} to ${last} are the agent's own: take another port`,
  );
}

/** Whether only programs of this host reach it. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function checkDevice(name: string, device: ConfigNode, drivers: readonly string[], faults: Faults): void {
  const path = ["devices", name];
  const settings = entriesAt(device);
  const driver = scalar(settings.get("driver")?.value);
  if (driver) checkDriver(driver, [...path, "driver"], drivers, faults);
  const port = scalar(settings.get("port")?.value);
  if (port) {
    checkPort(port, textOf(driver), [...path, "port"], drivers, faults);
  }
  const silence = scalar(settings.get("silence")?.value);
  if (silence) checkSilence(silence, [...path, "silence"], faults);
  const bridge = scalar(settings.get("bridge")?.value);
  if (bridge) checkReserved(textOf(bridge), bridge.at, [...path, "bridge"], faults);
}

function scalar(node: ConfigNode | undefined): ScalarNode | undefined {
  return node?.kind === "scalar" ? node : undefined;
}

function checkDriver(node: ScalarNode, path: Path, drivers: readonly string[], faults: Faults): void {
  const name = textOf(node);
  if (name === undefined || drivers.includes(name)) return;
  const message = `there is no driver ${JSON.stringify(name)}${didYouMean(name, drivers)}`;
  faults.add(node.at, path, message, { code: "driver-unknown", hint: `there are ${drivers.join(", ")}` });
}

function checkPort(
  node: ScalarNode,
  driver: string | undefined,
  path: Path,
  drivers: readonly string[],
  faults: Faults,
): void {
  const text = textOf(node);
  if (text === undefined || !PORT_SHAPE.test(text)) return;
  const hint = portAddressHint(text);
  if (hint !== undefined) {
    faults.add(node.at, path, `expected ${PORT_TITLE}, found ${foundText(node)}`, { hint });
    return;
  }
  const port = parsePortAddress(text);
  if (port.kind === "sim" && port.driver !== "" && driver !== undefined && port.driver !== driver) {
    const known = drivers.includes(port.driver);
    const message = known
      ? `${text} simulates another driver than the device's, ${driver}`
      : `there is no driver ${JSON.stringify(port.driver)}${didYouMean(port.driver, drivers)}`;
    faults.add(node.at, path, message, { hint: "sim:// alone is the device's own driver" });
  }
}

/** A device as the owner of its port. */
interface PortUser {
  readonly device: string;
  readonly port: ScalarNode;
  readonly takesTurns: boolean;
  readonly bridge: string;
  /** How the line is set, as text to compare. */
  readonly line: string;
}

/** Two readers of one port would get half of the bytes each, unless their drivers take turns. */
function checkPorts(root: ConfigNode, shared: ReadonlySet<string>, faults: Faults): void {
  const users = [...entriesAt(root, "devices")].flatMap(([device, { value }]) => {
    const user = portUser(device, value, shared);
    return user ? [user] : [];
  });
  for (const [text, [first, ...others]] of Map.groupBy(users, ({ port }) => textOf(port) ?? ""))
    for (const other of others) {
      const fault = first && sharingFault(text, first, other);
      if (fault) faults.add(other.port.at, ["devices", other.device, "port"], fault);
    }
}

function sharingFault(text: string, first: PortUser, other: PortUser): string | undefined {
  const place = placeText(first.port.at);
  if (!first.takesTurns || !other.takesTurns)
    return `${text} is the port of ${first.device} already, at ${place}`;
  if (first.bridge !== other.bridge)
    return `devices that share ${text} must be in one bridge: ${first.device} is in ${first.bridge}`;
  if (first.line !== other.line)
    return `devices that share ${text} must have the same line: ${first.device} has another, at ${place}`;
  return undefined;
}

function portUser(device: string, node: ConfigNode, shared: ReadonlySet<string>): PortUser | undefined {
  const settings = entriesAt(node);
  const port = scalar(settings.get("port")?.value);
  const text = port && textOf(port);
  if (port === undefined || text === undefined || isOwnEach(text)) return undefined;
  const line = [...entriesAt(node, "line")].map(([name, { value }]) => `${name}=${textOf(value)}`).sort();
  return {
    device,
    port,
    takesTurns: shared.has(textOf(settings.get("driver")?.value) ?? ""),
    bridge: textOf(settings.get("bridge")?.value) ?? DEFAULT_BRIDGE,
    line: line.join(" "),
  };
}

/** Of these every device has one of its own. */
function isOwnEach(port: string): boolean {
  return /^(?:sim|file):/.test(port);
}

function checkSilence(node: ScalarNode, path: Path, faults: Faults): void {
  const text = textOf(node);
  if (text === undefined || !/^[0-9.]+(?:ms|s|m|h)$/.test(text) || parseDuration(text) !== undefined) return;
  const most = `${Math.floor(MAX_DURATION_MS / 3_600_000)}h`;
  faults.add(node.at, path, `expected a duration from 1ms to ${most}, found ${JSON.stringify(text)}`);
}

/** Components, bridges and devices are told apart by their names alone, in topics, in the log and in socket paths. */
function checkComponents(root: ConfigNode, faults: Faults): void {
  const devices = entriesAt(root, "devices");
  const bridges = new Set([
    DEFAULT_BRIDGE,
    ...[...devices.values()].map(({ value }) => textOf(entriesAt(value).get("bridge")?.value)),
  ]);
  for (const [name, { key }] of entriesAt(root, "components")) {
    const path = ["components", name];
    const device = devices.get(name);
    if (bridges.has(name))
      faults.add(key, path, `${name} is the name of a bridge: give the component another`);
    else if (device)
      faults.add(key, path, `${name} is the name of a device already, at ${placeText(device.key)}`);
    else checkReserved(name, key, path, faults);
  }
}

function checkReserved(name: string | undefined, at: Span, path: Path, faults: Faults): void {
  if (name !== undefined && RESERVED.includes(name))
    faults.add(at, path, `the name ${name} is the agent's own: take another`);
}
