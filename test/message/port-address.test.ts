import t from "tap";
import {
  formatPortAddress,
  parsePortAddress,
  PORT_PATTERN,
  portAddressHint,
} from "../../src/message/index.ts";

t.test("every form of an address is read, and written back as it was", async (t) => {
  const forms = {
    "/dev/ttyUSB0": { kind: "tty", path: "/dev/ttyUSB0" },
    "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0": {
      kind: "tty",
      path: "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0",
    },
    "/run/lines/gps": { kind: "tty", path: "/run/lines/gps" },
    "/x": { kind: "tty", path: "/x" },
    "tcp://ser2net.lan:4001": { kind: "tcp", host: "ser2net.lan", port: 4001 },
    "tcp://ESP_7:1": { kind: "tcp", host: "ESP_7", port: 1 },
    "tcp://192.168.1.20:65535": { kind: "tcp", host: "192.168.1.20", port: 65_535 },
    "tcp://[::1]:4001": { kind: "tcp", host: "::1", port: 4001 },
    "tcp://[fe80::1%br-lan]:4001": { kind: "tcp", host: "fe80::1%br-lan", port: 4001 },
    "sim://": { kind: "sim", driver: "" },
    "sim://json-lines": { kind: "sim", driver: "json-lines" },
    "file:///tmp/gps.rec": { kind: "file", path: "/tmp/gps.rec", speed: 1, loop: false },
    "file:///dev/shm/gps of 1 May&2%20.rec?loop": {
      kind: "file",
      path: "/dev/shm/gps of 1 May&2%20.rec",
      speed: 1,
      loop: true,
    },
    "file:///x?speed=0": { kind: "file", path: "/x", speed: 0, loop: false },
    "file:///x?speed=0.001&loop": { kind: "file", path: "/x", speed: 0.001, loop: true },
    "file:///x?speed=999999.999": { kind: "file", path: "/x", speed: 999_999.999, loop: false },
  } as const;
  for (const [text, address] of Object.entries(forms)) {
    t.strictSame(parsePortAddress(text), address);
    t.equal(formatPortAddress(address), text);
    t.match(text, new RegExp(PORT_PATTERN), `an editor takes ${text}`);
    t.equal(portAddressHint(text), undefined);
  }
});

t.test("a wrong address is refused with what was probably meant", async (t) => {
  const hints = {
    ttyUSB0: "did you mean /dev/ttyUSB0?",
    serial0: "did you mean /dev/serial0?",
    "dev/ttyUSB0": "did you mean /dev/ttyUSB0?",
    "serial:///dev/ttyUSB0": "did you mean /dev/ttyUSB0?",
    "file:///dev/ttyUSB0": "did you mean /dev/ttyUSB0?",
    "file:///tmp/": "a recording is the path of a file, and options: file:///tmp/gps.rec?speed=10&loop",
    "file:///tmp/a?b?loop":
      "a recording is the path of a file, and options: file:///tmp/gps.rec?speed=10&loop",
    "file:///": "a recording is the path of a file, and options: file:///tmp/gps.rec?speed=10&loop",
    "file://": "a recording is the path of a file, and options: file:///tmp/gps.rec?speed=10&loop",
    "file://tmp/a.rec": "did you mean file:///tmp/a.rec?",
    "file:a.rec": "the path of a recording is absolute: file:///tmp/gps.rec?speed=10&loop",
    "file:/tmp/a.rec?loop": "did you mean file:///tmp/a.rec?loop?",
    "file:////tmp/a.rec": "did you mean file:///tmp/a.rec?",
    "/": "it must be the path of a device, not of a folder",
    "/dev/": "it must be the path of a device, not of a folder",
    "/dev/tty\0": "it must be the path of a device, not of a folder",
    "/dev/tty\nS0": "it must be the path of a device, not of a folder",
    COM3: "that is a name of Windows: `dunlin ports` lists those of this machine",
    "bridge.lan:4001": "did you mean tcp://bridge.lan:4001?",
    "[::1]:4001": "did you mean tcp://[::1]:4001?",
    "bridge.lan:70000": "the TCP port must be from 1 to 65535",
    "tcp:bridge.lan:4001": "did you mean tcp://bridge.lan:4001?",
    "TCP://bridge.lan:4001": "did you mean tcp://bridge.lan:4001?",
    "tcp:bridge.lan": "the TCP port is missing: write tcp://host:port",
    "tcp://bridge.lan": "the TCP port is missing: write tcp://host:port",
    "tcp://[::1]": "the TCP port is missing: write tcp://host:port",
    "tcp://bridge.lan:4001/": "did you mean tcp://bridge.lan:4001?",
    "tcp://::1:4001": "an IPv6 address goes in brackets: tcp://[::1]:4001",
    "tcp://bridge.lan:0": "the TCP port must be from 1 to 65535",
    "tcp://bridge.lan:65536": "the TCP port must be from 1 to 65535",
    "tcp://bridge.lan:004001": "the TCP port must be from 1 to 65535",
    ...Object.fromEntries(
      ["sped=10", "speed=", "speed=-1", "speed=1e3", "speed=1&speed=2", "loop&loop", "loop=no", "loop&"].map(
        (options) => [
          `file:///tmp/a.rec?${options}`,
          "the options of a recording are speed and loop: file:///tmp/gps.rec?speed=10&loop",
        ],
      ),
    ),
    sim: "did you mean sim://?",
    simulator: "did you mean sim://?",
    "sim:pms5003": "did you mean sim://pms5003?",
    "sim://PMS 5003": "a simulated line is sim:// alone, or sim:// and the name of a driver: sim://nmea0183",
  };
  for (const [text, hint] of Object.entries(hints)) {
    t.equal(portAddressHint(text), hint, JSON.stringify(text));
    const message = `${JSON.stringify(text)} is not a port: ${hint}`;
    t.throws(() => parsePortAddress(text), { code: "address-invalid", message, context: { address: text } });
  }
});

t.test("a host is a name as RFC 1123 has them, or an IPv6 address in brackets", async (t) => {
  const hosts = ["", "-x", "a..b", "a/b", "a b", "me@a", "[a]", "[127.0.0.1]", "[::1", "x".repeat(64)];
  for (const host of [...hosts, "x.".repeat(127)]) {
    const message = /a TCP line is tcp:\/\/host:port, an IPv6 address in brackets/;
    t.throws(() => parsePortAddress(`tcp://${host}:1`), { code: "address-invalid", message }, host);
  }
});

t.test("what is like no address is told which there are", async (t) => {
  const message = /a port is \/dev\/…, tcp:\/\/host:port, sim:\/\/ or file:\/\/\/…/;
  for (const text of ["", " ", "udp://bridge.lan:4001", "gps", "~/gps"]) {
    t.throws(() => parsePortAddress(text), { code: "address-invalid", message }, JSON.stringify(text));
    t.equal(portAddressHint(text), undefined);
  }
});
