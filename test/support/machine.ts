import { join } from "node:path";
import { realpathSync } from "node:fs";
import type { Test } from "tap";
import type { SystemRoots } from "../../src/serial/index.ts";

const FTDI = "devices/pci0000:00/usb1/1-1/1-1:1.0/ttyUSB0";
const CH340 = "devices/pci0000:00/usb1/1-2/1-2:1.0/ttyUSB10";
const ARDUINO = "devices/pci0000:00/usb1/1-3/1-3:1.0";
const UART = "devices/platform/serial8250/serial8250:0/serial8250:0.0";
const EMPTY_UART = "devices/platform/serial8250/serial8250:0/serial8250:0.1";

const up = (folder: string): string => folder.replaceAll(/[^/]+/g, "..");

/**
 * The trees of a made-up machine: two USB adapters and an Arduino, one of the adapters open in process 713 and locked
 * by 714, a UART on the board, another one without a chip, and what else is in /sys/class/tty.
 */
export function madeUpMachine(t: Test): SystemRoots {
  const link = (target: string) => t.fixture("symlink", target);
  const root = realpathSync(
    t.testdir({
      dev: {
        ttyUSB0: "",
        ttyUSB10: "",
        ttyACM0: "",
        ttyS0: "",
        serial: {
          "by-id": {
            "usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0": link("../../ttyUSB0"),
            "usb-Arduino_Uno_85736323-if00": link("../../ttyACM0"),
          },
          "by-path": { "pci-0000:00:14.0-usb-0:1:1.0-port0": link("../../ttyUSB0") },
        },
      },
      sys: {
        class: {
          tty: {
            ttyUSB10: link(`../../${CH340}/tty/ttyUSB10`),
            ttyUSB0: link(`../../${FTDI}/tty/ttyUSB0`),
            ttyACM0: link(`../../${ARDUINO}/tty/ttyACM0`),
            ttyS0: link(`../../${UART}/tty/ttyS0`),
            ttyS1: link(`../../${EMPTY_UART}/tty/ttyS1`),
            tty1: {},
            ptmx: {},
          },
        },
        ...tree({
          [`${FTDI}/driver`]: link(`${up(FTDI)}/bus/usb-serial/drivers/ftdi_sio`),
          [`${FTDI}/tty/ttyUSB0/device`]: link("../../../ttyUSB0"),
          "devices/pci0000:00/usb1/1-1/idVendor": "0403\n",
          "devices/pci0000:00/usb1/1-1/idProduct": "6001\n",
          "devices/pci0000:00/usb1/1-1/manufacturer": "FTDI\n",
          "devices/pci0000:00/usb1/1-1/product": "FT232R USB UART\n",
          "devices/pci0000:00/usb1/1-1/serial": "A50285BI\n",
          [`${CH340}/driver`]: link(`${up(CH340)}/bus/usb-serial/drivers/ch341-uart`),
          [`${CH340}/tty/ttyUSB10/device`]: link("../../../ttyUSB10"),
          "devices/pci0000:00/usb1/1-2/idVendor": "1a86\n",
          "devices/pci0000:00/usb1/1-2/idProduct": "7523\n",
          "devices/pci0000:00/usb1/1-2/product": "USB Serial\n",
          [`${ARDUINO}/driver`]: link(`${up(ARDUINO)}/bus/usb/drivers/cdc_acm`),
          [`${ARDUINO}/tty/ttyACM0/device`]: link("../../../1-3:1.0"),
          "devices/pci0000:00/usb1/1-3/idVendor": "2341\n",
          "devices/pci0000:00/usb1/1-3/idProduct": "0043\n",
          [`${UART}/subsystem`]: link(`${up(UART)}/bus/serial-base`),
          [`${UART}/driver`]: link(`${up(UART)}/bus/serial-base/drivers/port`),
          [`${UART}/tty/ttyS0/device`]: link("../../../serial8250:0.0"),
          [`${UART}/tty/ttyS0/type`]: "4\n",
          [`${EMPTY_UART}/tty/ttyS1/device`]: link("../../../serial8250:0.1"),
          [`${EMPTY_UART}/tty/ttyS1/type`]: "0\n",
          "devices/platform/serial8250/serial8250:0/subsystem": link("../../../../bus/serial-base"),
          "devices/platform/serial8250/driver": link("../../../bus/platform/drivers/serial8250"),
        }),
      },
      etc: { passwd: "root:x:0:0::/root:/bin/sh\n", group: "root:x:0:\ntty:x:5:\ndialout:x:20:pi\n" },
      proc: {
        "713": { comm: "ModemManager\n", fd: {} },
        "714": { comm: "brltty\n" },
        "900": { comm: "bash\n", fd: {} },
      },
    }),
  );
  return { dev: join(root, "dev"), sys: join(root, "sys"), proc: join(root, "proc"), etc: join(root, "etc") };
}

type Tree = { [name: string]: Tree | Leaf };
type Leaf = string | ReturnType<Test["fixture"]>;

/** Nested folders from paths. */
function tree(files: Readonly<Record<string, Leaf>>): Tree {
  const top: Tree = {};
  for (const [path, leaf] of Object.entries(files)) {
    const names = path.split("/");
    const last = names.pop() ?? "";
    let folder = top;
    for (const name of names) folder = (folder[name] ??= {}) as Tree;
    folder[last] = leaf;
  }
  return top;
}
