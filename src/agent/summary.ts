import type { JournalState } from "../message/index.ts";
import type { DeviceTable } from "./device-table.ts";

/** Devices that are told by name; more are counted. */
const MAX_NAMED = 5;

/** The agent in a line, what is wrong first: `3 devices, gps is unplugged; journal ok`. */
export function summary(devices: DeviceTable, journal: JournalState): string {
  const names = devices.names();
  const off = names.flatMap((name) => {
    const state = devices.status(name)?.state ?? "starting";
    return state === "online" ? [] : [`${name} is ${state}`];
  });
  const more = off.length > MAX_NAMED ? [`${off.length - MAX_NAMED} more are not online`] : [];
  const told = off.length === 0 ? [names.length === 1 ? "online" : "all online"] : off.slice(0, MAX_NAMED);
  const why = journal.reason === undefined ? "" : `: ${journal.reason}`;
  const head = names.length === 0 ? ["no devices"] : [count(names.length), ...told, ...more];
  return `${head.join(", ")}; journal ${journal.state}${why}`;
}

function count(devices: number): string {
  return devices === 1 ? "1 device" : `${devices} devices`;
}
