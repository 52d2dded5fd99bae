import { BlockList, isIP } from "node:net";
import { parsePortAddress, PORT_PATTERN, portAddressHint } from "../message/index.ts";
import type { Config } from "./config.ts";
import { MAX_DURATION_MS, parseDuration } from "./duration.ts";
import { foundText } from "./expectation.ts";
import type { Faults, Path } from "./fault.ts";
import { didYouMean } from "./nearest.ts";
import { type ConfigNode, entriesAt, type ScalarNode, textOf } from "./node.ts";
import { PORT_TITLE } from "./schema.ts";
import { placeText, type Span } from "./source.ts";

/** Parts of the agent itself; a component or bridge of that name could not be told from them. */
const RESERVED: readonly string[] = ["agent", "core", "journal"];

/** The bridge that devices are in when they name none. */
const DEFAULT_BRIDGE = "bridge";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** What a schema cannot say: rules between settings, and grammars. Values of the wrong type are passed over; the schema tells of them. */
export function checkRules(root: ConfigNode, drivers: readonly string[], faults: Faults): void {
  checkListen(root, faults);
  const ports = new Map<string, Port>();
  for (const [name, { value }] of entriesAt(root, "devices"))
    checkDevice(name, value, drivers, ports, faults);
  checkComponents(root, faults);
}

interface Port {
  readonly device: string;
  readonly at: Span;
}

/** Only what the grammar of ports says is said of these; the schema's pattern speaks for the rest. */
const PORT_SHAPE = new RegExp(PORT_PATTERN);

function checkListen(root: ConfigNode, faults: Faults): void {
  const node = entriesAt(root, "listen").get("address")?.value;
  const address = textOf(node);
  if (node?.kind !== "scalar" || address === undefined || isIP(address) !== 0) return;
  const hint =
    address === "localhost" ? "write 127.0.0.1" : address === "*" ? "all addresses are 0.0.0.0" : undefined;
  faults.add(node.at, ["listen", "address"], `expected an IP address, found ${JSON.stringify(address)}`, {
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

/** Whether only programs of this host reach it. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function checkDevice(
  name: string,
  device: ConfigNode,
  drivers: readonly string[],
  ports: Map<string, Port>,
  faults: Faults,
): void {
  const path = ["devices", name];
  const settings = entriesAt(device);
  const driver = scalar(settings.get("driver")?.value);
  if (driver) checkDriver(driver, [...path, "driver"], drivers, faults);
  const port = scalar(settings.get("port")?.value);
  if (port) {
    checkPort(port, textOf(driver), [...path, "port"], drivers, faults);
    checkShared(name, port, [...path, "port"], ports, faults);
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

/** Two readers of one port would get half of the bytes each. */
function checkShared(
  device: string,
  node: ScalarNode,
  path: Path,
  ports: Map<string, Port>,
  faults: Faults,
): void {
  const text = textOf(node);
  if (text === undefined || text.startsWith("sim://")) return;
  const first = ports.get(text);
  if (first)
    faults.add(node.at, path, `${text} is the port of ${first.device} already, at ${placeText(first.at)}`);
  else ports.set(text, { device, at: node.at });
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
