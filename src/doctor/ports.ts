import { realpathSync } from "node:fs";
import { asDunlinError } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import { parsePortAddress } from "../message/index.ts";
import { checkTty, listPorts } from "../serial/index.ts";
import { ok, problem, warning, type Finding } from "./finding.ts";

/** Ours: a bridge that has its port open is as it should be. */
const OWN = /^dunlin/;

const REMEDIES: Readonly<Record<string, string>> = {
  "port-missing": "plug it in, and name it as dunlin ports does",
  "port-denied":
    "the service runs as the user dunlin, in the group dialout: see what dunlin ports says of the port's access",
  "port-busy": "end that program, or keep it off this port",
  "port-failed": "name a serial port: dunlin ports lists them",
};

/** Of each tty in the configuration: is it there, may we, has somebody else got it, and will it be called so tomorrow. */
export async function lookAtPorts({ devices }: Config): Promise<Finding[]> {
  const ttys = new Map(
    devices.filter(({ port }) => parsePortAddress(port).kind === "tty").map(({ name, port }) => [port, name]),
  );
  if (ttys.size === 0) return [];
  const ports = await listPorts();
  const looks = [...ttys].map(async ([path, device]): Promise<Finding> => {
    const subject = `port of ${device}`;
    const port = ports.find((one) => one.path === real(path));
    const isOurs = port?.holders.some(({ command }) => OWN.test(command)) === true;
    try {
      await checkTty(path, !isOurs);
    } catch (cause) {
      const { code, message } = asDunlinError(cause);
      return problem(subject, message, REMEDIES[code] ?? "dunlin ports");
    }
    const stable = port?.byId[0] ?? port?.byPath[0];
    if (/^\/dev\/tty(USB|ACM)\d+$/.test(path) && stable !== undefined)
      return warning(subject, `${path} may be another device after a restart`, `write port: ${stable}`);
    return ok(subject, isOurs ? `${path} is open in the agent` : `${path} is free`);
  });
  return Promise.all(looks);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
