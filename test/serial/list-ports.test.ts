import { chmodSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import t from "tap";
import { describePort, findPorts, listPorts } from "../../src/serial/index.ts";
import { madeUpMachine } from "../support/machine.ts";

t.test("every port with hardware is found, with its names, its driver and its USB identity", async (t) => {
  const roots = madeUpMachine(t);
  const { dev } = roots;
  t.same(await findPorts(roots), [
    {
      path: `${dev}/ttyACM0`,
      byId: [`${dev}/serial/by-id/usb-Arduino_Uno_85736323-if00`],
      byPath: [],
      driver: "cdc_acm",
      usb: { vendorId: "2341", productId: "0043" },
    },
    { path: `${dev}/ttyS0`, byId: [], byPath: [], driver: "serial8250" },
    {
      path: `${dev}/ttyUSB0`,
      byId: [`${dev}/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0`],
      byPath: [`${dev}/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0`],
      driver: "ftdi_sio",
      usb: {
        vendorId: "0403",
        productId: "6001",
        manufacturer: "FTDI",
        product: "FT232R USB UART",
        serial: "A50285BI",
      },
    },
    {
      path: `${dev}/ttyUSB10`,
      byId: [],
      byPath: [],
      driver: "ch341-uart",
      usb: { vendorId: "1a86", productId: "7523", product: "USB Serial" },
    },
  ]);
});

t.test("make and model are told in words as far as the adapter has them", async (t) => {
  const [arduino, uart, ftdi, ch340] = await findPorts(madeUpMachine(t));
  t.same(
    [arduino, uart, ftdi, ch340].map((port) => port && describePort(port)),
    ["2341:0043", "", "FTDI FT232R USB UART", "USB Serial"],
  );
});

t.test("the list says who has a port open or locked, and who may use it", async (t) => {
  const roots = madeUpMachine(t);
  const path = `${roots.dev}/ttyUSB0`;
  chmodSync(path, 0o660);
  symlinkSync(path, `${roots.proc}/713/fd/5`);
  symlinkSync("/dev/null", `${roots.proc}/900/fd/0`);
  const { dev, ino } = statSync(path);
  const device = [(dev >>> 8) & 0xfff, (dev & 0xff) | ((dev >>> 12) & 0xfff00)].map((part) =>
    part.toString(16).padStart(2, "0"),
  );
  writeFileSync(
    `${roots.proc}/locks`,
    `1: POSIX  ADVISORY  WRITE 900 00:06:1 0 EOF\n2: FLOCK  ADVISORY  WRITE 714 ${device.join(":")}:${ino} 0 EOF\n`,
  );
  const [arduino, , ftdi] = await listPorts(roots);
  t.same(arduino?.holders, []);
  t.same(ftdi?.holders, [
    { pid: 713, command: "ModemManager" },
    { pid: 714, command: "brltty" },
  ]);
  t.match(ftdi?.access, { readable: true, writable: true, mode: "rw-rw----" });
});

t.test("a machine without serial ports, or without /sys, has an empty list", async (t) => {
  const nowhere = t.testdir({});
  t.same(await listPorts({ dev: nowhere, sys: nowhere, proc: nowhere, etc: nowhere }), []);
});

t.test("the ports of this machine are listed", async (t) => {
  for (const port of await listPorts()) t.match(port.path, /^\/dev\//);
  t.pass("read the real /sys");
});
