import { userInfo } from "node:os";
import { basename } from "node:path";
import { distance } from "fastest-levenshtein";
import { DunlinError, messageOf } from "../base/index.ts";
import { accessOf, lookAt, membersOf, type NodeAccess } from "./device-node.ts";
import { describePort, findPorts, type FoundPort } from "./list-ports.ts";
import { holdersOf, type PortHolder } from "./port-holders.ts";
import { SYSTEM, type SystemRoots } from "./system.ts";

/**
 * Looks before a tty is opened: opening sets the line anew before it finds the lock taken, so a port that another
 * program uses must not even be tried.
 * @throws DunlinError `port-missing`, `port-denied`, `port-busy`, `port-failed`
 */
export async function checkTty(path: string, exclusive: boolean, roots: SystemRoots = SYSTEM): Promise<void> {
  const node = await lookAt(path);
  if (node === undefined) throw missing(path, await findPorts(roots));
  if (!node.isCharacterDevice())
    throw new DunlinError("port-failed", `${path} is not a serial port: it is no character device`, at(path));
  const access = await accessOf(path, roots);
  if (!access.readable || !access.writable) throw denied(path, access, await membersOf(access.group, roots));
  const holders = exclusive ? ((await holdersOf([path], roots)).get(path) ?? []) : [];
  if (holders.length > 0) throw busy(path, holders);
}

/** The binding throws plain text with strerror(3) in it; these are all of its ways to fail that need a remedy of their own. */
const BUSY = /Cannot lock port|Device or resource busy/;
const GONE = /No such file or directory|No such device/;
const NO_TTY = /Inappropriate ioctl|Invalid argument/;

/** What the binding's open threw, as an error with a remedy. */
export async function explainTtyFailure(
  path: string,
  thrown: unknown,
  roots: SystemRoots = SYSTEM,
): Promise<DunlinError> {
  const text = messageOf(thrown);
  if (BUSY.test(text)) return busy(path, (await holdersOf([path], roots)).get(path) ?? [], thrown);
  if (GONE.test(text)) return missing(path, await findPorts(roots), thrown);
  const access = await accessOf(path, roots).catch(() => undefined);
  if (text.includes("Permission denied") && access) return denied(path, access, [], thrown);
  const hint = NO_TTY.test(text)
    ? "it is not a serial port, or its driver cannot do these line settings"
    : text;
  return new DunlinError("port-failed", `${path} cannot be opened: ${hint}`, { ...at(path), cause: thrown });
}

/** Lists what there is, the most similar name first. */
function missing(path: string, ports: readonly FoundPort[], cause?: unknown): DunlinError {
  const near = [...ports].sort((one, other) => nearness(path, one) - nearness(path, other)).slice(0, 5);
  const others =
    ports.length > near.length ? ` and ${ports.length - near.length} more (\`dunlin ports\`)` : "";
  const known =
    near.length > 0
      ? `there ${ports.length === 1 ? "is" : "are"}: ${near.map(portText).join(", ")}${others}`
      : "this machine has no serial port; is the adapter plugged in, and is its cable one for data?";
  return new DunlinError("port-missing", `${path} does not exist; ${known}`, {
    context: { port: path, ports: near.map((port) => port.path) },
    cause,
  });
}

function nearness(path: string, port: FoundPort): number {
  return Math.min(
    ...[port.path, ...port.byId, ...port.byPath].map((name) => distance(basename(path), basename(name))),
  );
}

function portText(port: FoundPort): string {
  const facts = [describePort(port), ...port.byId].filter((fact) => fact !== "").join(", ");
  return facts === "" ? port.path : `${port.path} (${facts})`;
}

function denied(path: string, access: NodeAccess, members: readonly string[], cause?: unknown): DunlinError {
  const { owner, group, mode } = access;
  const text = `no permission for ${path} (${mode} ${owner} ${group}): ${remedy(path, access, members)}`;
  return new DunlinError("port-denied", text, { context: { port: path, owner, group, mode }, cause });
}

function remedy(path: string, { group, mode }: NodeAccess, members: readonly string[]): string {
  if (mode.slice(3, 5) !== "rw" || group === "root")
    return `its group may not use it; give it to the group dialout by a udev rule (\`sudo chgrp dialout ${path} && sudo chmod 660 ${path}\` until the next unplug)`;
  const user = userName();
  if (members.includes(user))
    return `${user} is in the group ${group}, but not yet in this session: log in again, or restart the service`;
  return `\`sudo usermod -aG ${group} ${user}\`, then log in again`;
}

/** Also for a user number that has no name, as in containers. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "$USER";
  }
}

function busy(path: string, holders: readonly PortHolder[], cause?: unknown): DunlinError {
  const who =
    holders.length > 0
      ? `${holders.map(holderText).join(", ")} ${holders.length === 1 ? "has" : "have"} it open`
      : `another program has it open; \`sudo fuser -v ${path}\` says which`;
  return new DunlinError("port-busy", `${path} is busy: ${who}. ${busyHint(holders)}`, {
    context: { port: path, holders: holders.map(holderText) },
    cause,
  });
}

function holderText({ pid, command }: PortHolder): string {
  if (pid === process.pid) return `this process (pid ${pid})`;
  return `${command || "a process"} (pid ${pid})`;
}

/** Two programs of the system take every new serial port to see what it is. */
function busyHint(holders: readonly PortHolder[]): string {
  const names = holders.map((holder) => holder.command);
  if (names.includes("ModemManager"))
    return "ModemManager looks for modems: `sudo systemctl disable --now ModemManager`";
  if (names.includes("brltty")) return "brltty looks for Braille displays: `sudo apt remove brltty`";
  if (names.some((name) => name.endsWith("getty")))
    return "It is the machine's console: `sudo raspi-config` or `systemctl mask` of its getty frees it";
  return holders.length > 0
    ? "End it, or set `exclusive: false` to share the port"
    : "ModemManager and brltty are usual";
}

function at(path: string): { context: { port: string } } {
  return { context: { port: path } };
}
