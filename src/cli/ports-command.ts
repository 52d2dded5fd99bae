import { describePort, listPorts, type SerialPortInfo } from "../serial/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { table, terminal } from "./terminal.ts";

export async function portsCommand(options: { readonly json?: boolean }): Promise<ExitCode> {
  const ports = await listPorts();
  if (options.json) for (const port of ports) terminal.print(JSON.stringify(port));
  else if (ports.length === 0) terminal.print("no serial ports found");
  else terminal.print(ports.map(portText).join("\n\n"));
  return EXIT.ok;
}

/** A port in a few lines: its names are too long for a table. */
function portText(port: SerialPortInfo): string {
  const { path, byId, byPath, usb, driver, holders } = port;
  const rows = [
    ["  is", describePort(port) || (driver ?? "")],
    [
      "  usb",
      usb ? `${usb.vendorId}:${usb.productId}${usb.serial === undefined ? "" : ` serial ${usb.serial}`}` : "",
    ],
    ...byId.map((name) => ["  by id", name]),
    ...byPath.map((name) => ["  by path", name]),
    ["  access", accessText(port)],
    ["  open in", holders.map(({ pid, command }) => `${command} (pid ${pid})`).join(", ")],
  ];
  return `${terminal.paint("bold", path)}\n${table(rows.filter(([, text]) => text !== ""))}`;
}

function accessText({ access }: SerialPortInfo): string {
  if (!access) return "no device node";
  const { mode, owner, group, readable, writable } = access;
  return `${mode} ${owner}:${group}${readable && writable ? "" : `; not for you: sudo usermod -aG ${group} $USER, then log in again`}`;
}
