import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { accessOf, type NodeAccess } from "./device-node.ts";
import { holdersOf, type PortHolder } from "./port-holders.ts";
import { SYSTEM, type SystemRoots } from "./system.ts";

/** A serial port of this machine. */
export interface FoundPort {
  /** `/dev/ttyUSB0`: changes with the order of plugging in. */
  readonly path: string;
  /** `/dev/serial/by-id/…`: follows the adapter; cheap adapters share one serial number and so one name. */
  readonly byId: readonly string[];
  /** `/dev/serial/by-path/…`: follows the USB socket. */
  readonly byPath: readonly string[];
  /** The kernel's driver: `ftdi_sio`, `cdc_acm`, `serial8250`. */
  readonly driver?: string;
  readonly usb?: UsbIdentity;
}

/** A port with its present use. */
export interface SerialPortInfo extends FoundPort {
  /** Who has it open, as far as this process may see. */
  readonly holders: readonly PortHolder[];
  /** Absent when the node is not there (udev has not made it yet, or a container without /dev). */
  readonly access?: NodeAccess;
}

/** What a USB adapter says of itself. */
export interface UsbIdentity {
  /** Four hexadecimal digits, as `lsusb` shows them. */
  readonly vendorId: string;
  readonly productId: string;
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serial?: string;
}

/** Every serial port with hardware behind it, and who uses it. Reads /sys and /dev only: udevadm is not needed. */
export async function listPorts(roots: SystemRoots = SYSTEM): Promise<SerialPortInfo[]> {
  const found = await findPorts(roots);
  const holders = await holdersOf(
    found.map((port) => port.path),
    roots,
  );
  return Promise.all(found.map((port) => withUse(port, holders.get(port.path) ?? [], roots)));
}

/** As {@link listPorts}, without looking at who uses them. */
export async function findPorts(roots: SystemRoots = SYSTEM): Promise<FoundPort[]> {
  const [byId, byPath] = [
    await linksIn(`${roots.dev}/serial/by-id`),
    await linksIn(`${roots.dev}/serial/by-path`),
  ];
  const names = await readdir(`${roots.sys}/class/tty`).catch(() => []);
  const ports = await Promise.all(
    names.sort(byNumber).map((name) => findPort(name, roots, { byId, byPath })),
  );
  return ports.filter((port) => port !== undefined);
}

/** Make and model for people: `FTDI FT232R USB UART`; empty for a port that is not on USB. */
export function describePort({ usb }: FoundPort): string {
  if (usb === undefined) return "";
  return [usb.manufacturer, usb.product ?? `${usb.vendorId}:${usb.productId}`]
    .filter((word) => word !== undefined)
    .join(" ");
}

async function withUse(
  port: FoundPort,
  holders: readonly PortHolder[],
  roots: SystemRoots,
): Promise<SerialPortInfo> {
  const access = await accessOf(port.path, roots).catch(() => undefined);
  return { ...port, holders, ...(access && { access }) };
}

type Links = ReadonlyMap<string, readonly string[]>;

async function findPort(
  name: string,
  roots: SystemRoots,
  links: { byId: Links; byPath: Links },
): Promise<FoundPort | undefined> {
  const folder = `${roots.sys}/class/tty/${name}`;
  const device = await realpath(`${folder}/device`).catch(() => undefined);
  if (device === undefined || (await isEmptyUart(folder))) return undefined;
  // sysfs writes "!" for "/" in a node's name.
  const path = `${roots.dev}/${name.replaceAll("!", "/")}`;
  const [driver, usb] = [await driverOf(device), await usbIdentity(device, roots)];
  return {
    path,
    byId: links.byId.get(path) ?? [],
    byPath: links.byPath.get(path) ?? [],
    ...(driver !== undefined && { driver }),
    ...(usb && { usb }),
  };
}

/** The 8250 driver makes ttyS0…ttyS31 whether or not there are chips; those without have type 0, PORT_UNKNOWN. */
async function isEmptyUart(folder: string): Promise<boolean> {
  return (await line(`${folder}/type`)) === "0";
}

/** Since Linux 6.5 a UART's own folder and the next one up belong to a bus between tty and hardware, whose drivers tell nothing. */
async function driverOf(device: string): Promise<string | undefined> {
  if ((await linkName(`${device}/subsystem`)) === "serial-base") return driverOf(dirname(device));
  return linkName(`${device}/driver`);
}

async function linkName(path: string): Promise<string | undefined> {
  const target = await readlink(path).catch(() => undefined);
  return target === undefined ? undefined : basename(target);
}

/** The first folder upwards that has idVendor is the USB device; those between are its interface and port. */
async function usbIdentity(device: string, roots: SystemRoots): Promise<UsbIdentity | undefined> {
  const top = await realpath(roots.sys);
  for (let folder = device; folder.startsWith(`${top}/`); folder = dirname(folder)) {
    const vendorId = await line(`${folder}/idVendor`);
    if (vendorId !== undefined) return usbDevice(folder, vendorId);
  }
  return undefined;
}

async function usbDevice(folder: string, vendorId: string): Promise<UsbIdentity> {
  const [productId, manufacturer, product, serial] = await Promise.all(
    ["idProduct", "manufacturer", "product", "serial"].map((name) => line(`${folder}/${name}`)),
  );
  return {
    vendorId,
    productId: productId ?? "",
    ...(manufacturer !== undefined && { manufacturer }),
    ...(product !== undefined && { product }),
    ...(serial !== undefined && { serial }),
  };
}

/** Links of a folder by what they point to. */
async function linksIn(folder: string): Promise<Links> {
  const links = new Map<string, string[]>();
  for (const name of await readdir(folder).catch(() => [])) {
    const path = `${folder}/${name}`;
    const target = await realpath(path).catch(() => path);
    links.set(target, [...(links.get(target) ?? []), path]);
  }
  return links;
}

async function line(file: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text?.trim() || undefined;
}

/** ttyUSB2 before ttyUSB10. */
function byNumber(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
