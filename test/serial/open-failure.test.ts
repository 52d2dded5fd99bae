import t from "tap";
import { checkTty, explainTtyFailure } from "../../src/serial/open-failure.ts";
import { openPty } from "../support/pty.ts";
import { madeUpMachine } from "../support/machine.ts";

t.test("a port that does not exist names those that do, the most similar first", async (t) => {
  const roots = madeUpMachine(t);
  const { dev } = roots;
  await t.rejects(checkTty(`${dev}/ttyUSB1`, true, roots), {
    code: "port-missing",
    message: new RegExp(
      `^${dev}/ttyUSB1 does not exist; there are: ${dev}/ttyUSB0 \\(FTDI FT232R USB UART, ${dev}/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0\\), ${dev}/ttyUSB10 \\(USB Serial\\), `,
    ),
    context: { ports: [`${dev}/ttyUSB0`, `${dev}/ttyUSB10`, `${dev}/ttyS0`, `${dev}/ttyACM0`] },
  });
  const byId = `${dev}/serial/by-id/usb-Arduino_Uno_85736324-if00`;
  await t.rejects(checkTty(byId, true, roots), { message: new RegExp(`there are: ${dev}/ttyACM0 `) });
});

t.test("a machine without serial ports says so", async (t) => {
  const nowhere = t.testdir({});
  const roots = { dev: nowhere, sys: nowhere, proc: nowhere, etc: nowhere };
  await t.rejects(checkTty("/dev/ttyUSB7", true, roots), {
    code: "port-missing",
    message: /this machine has no serial port/,
  });
});

t.test("a file is no serial port", async (t) => {
  const roots = madeUpMachine(t);
  await t.rejects(checkTty(`${roots.dev}/ttyUSB0`, true, roots), {
    code: "port-failed",
    message: /no character device/,
  });
});

t.test("what the binding throws is told apart", async (t) => {
  const pty = openPty();
  t.teardown(() => pty.close());
  const cases: Record<string, object> = {
    "Error Resource temporarily unavailable Cannot lock port": {
      code: "port-busy",
      message: /another program has it open; `sudo fuser -v .* ModemManager and brltty/,
    },
    "Error: Device or resource busy, cannot open /dev/x": { code: "port-busy" },
    "Error: No such file or directory, cannot open /dev/x": { code: "port-missing" },
    "Error: Permission denied, cannot open /dev/x": { code: "port-denied" },
    "Error: Inappropriate ioctl for device setting custom baud rate of 9600": {
      code: "port-failed",
      message: /not a serial port/,
    },
    "Error: Input/output error, cannot open /dev/x": { code: "port-failed", message: /Input\/output error/ },
  };
  for (const [text, expected] of Object.entries(cases)) {
    const thrown = new Error(text);
    t.match(await explainTtyFailure(pty.path, thrown), { ...expected, cause: thrown }, text);
  }
});
