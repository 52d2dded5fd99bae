import * as Type from "typebox";
import { NAME_PATTERN, PORT_ADDRESS_FORMS, PORT_PATTERN } from "../message/index.ts";
import { DURATION_PATTERN, MAX_DURATION_MS } from "./duration.ts";
import { CLOSED, name } from "./schema-parts.ts";

/** What the fastest UART that Linux has a constant for takes (termios B4000000). */
const MAX_BAUD = 4_000_000;

const DURATION_TITLE = "a duration such as 500ms, 10s, 2m or 1h, or a number of ms";

/** What faults call the address of a port. */
export const PORT_TITLE = `a port (${PORT_ADDRESS_FORMS})`;

export const LineSchema = Type.Object(
  {
    baudRate: Type.Optional(
      Type.Integer({
        description: "Bits per second. Default: the driver's.",
        minimum: 1,
        maximum: MAX_BAUD,
        examples: [9600, 115_200],
      }),
    ),
    dataBits: Type.Optional(
      Type.Enum([5, 6, 7, 8], { description: "Data bits in a character. Default: the driver's." }),
    ),
    parity: Type.Optional(
      Type.Enum(["none", "even", "odd"], { description: "Parity bit. Default: the driver's." }),
    ),
    stopBits: Type.Optional(
      Type.Enum([1, 2], { description: "Stop bits after a character. Default: the driver's." }),
    ),
    flowControl: Type.Optional(
      Type.Enum(["none", "rts-cts", "xon-xoff"], {
        description:
          "Who holds the sender back: nobody, the RTS and CTS wires, or bytes in the stream. Default: the driver's.",
      }),
    ),
    exclusive: Type.Boolean({
      description:
        "Lock the port, so that no other program can open it and take half of the bytes. false lets others in.",
      default: true,
    }),
  },
  {
    ...CLOSED,
    title: "line",
    description: "How the serial line is set. Has no effect on tcp://, sim:// and file:// ports.",
  },
);

const duration = (description: string) =>
  Type.Union(
    [Type.Integer({ minimum: 1, maximum: MAX_DURATION_MS }), Type.String({ pattern: DURATION_PATTERN })],
    { title: DURATION_TITLE, description, examples: ["10s", "500ms", 10_000] },
  );

export const ShapeSchema = Type.Object(
  {
    name: Type.Optional(
      name("Another name in the readings. Default: the driver's.", { examples: ["outside"] }),
    ),
    drop: Type.Optional(Type.Boolean({ description: "true: leave it out. Default: false." })),
    scale: Type.Optional(Type.Number({ description: "What its numbers are multiplied by. Default: 1." })),
    offset: Type.Optional(Type.Number({ description: "What is added after that. Default: 0." })),
    unit: Type.Optional(Type.String({ description: "Unit of the scaled number. Default: the driver's." })),
    minimum: Type.Optional(
      Type.Number({
        description:
          "A number below this is implausible: it is told as null, and another metric, `<metric>.quality`, says `implausible` where it else says `good`. Default: no limit.",
      }),
    ),
    maximum: Type.Optional(
      Type.Number({ description: "The same for a number above this. Default: no limit." }),
    ),
    deadBand: Type.Optional(
      Type.Number({
        description:
          "Only a change by at least this is worth a reading; 0: only a change. Default: everything is.",
        minimum: 0,
      }),
    ),
    minInterval: Type.Optional(
      duration("It is not worth a reading before this long after the last one. Default: at once."),
    ),
    maxInterval: Type.Optional(
      duration(
        "It is worth a reading after this long, even if it has not changed. Default: never for that alone.",
      ),
    ),
  },
  { ...CLOSED, title: "the shape of a metric" },
);

export const DeviceSchema = Type.Object(
  {
    driver: Type.String({
      title: "the name of a driver",
      description: "The driver that knows the device's language.",
    }),
    port: Type.String({
      title: PORT_TITLE,
      pattern: PORT_PATTERN,
      description:
        "Where the device is: a tty (best by its name under /dev/serial/by-id/, which stays the same over restarts), `tcp://host:port` for a serial server, `sim://` for the simulator of the device's own driver, which may be named: `sim://pms5003`, or `file://` and the absolute path of a recording (docs/recording.md), with `?speed=10` to play it ten times as fast and `?loop` to begin again at its end. A port serves one device, unless its driver takes turns with others, as on a bus.",
      examples: [
        "/dev/serial/by-id/usb-FTDI_FT232R_A10K5V3D-if00-port0",
        "tcp://192.168.1.20:4001",
        "sim://",
      ],
    }),
    line: LineSchema,
    silence: Type.Optional(
      duration("Without a byte for longer than this the device is `silent`. Default: the driver's."),
    ),
    bridge: name(
      "The bridge process that runs the device. Devices in different bridges cannot disturb each other, even if a driver crashes or hangs; each bridge costs memory.",
      { default: "bridge", examples: ["bridge", "main"] },
    ),
    shape: Type.Record(Type.String({ pattern: `${NAME_PATTERN}|^[*]$` }), ShapeSchema, {
      ...CLOSED,
      title: "the shape",
      description:
        "What becomes of metrics, by the names that the driver gives them, `*` for all that are not named. A reading of which nothing is worth one is left out.",
      default: {},
      examples: [{ temperature: { deadBand: 0.2, maxInterval: "5m" } }],
    }),
    report: Type.Enum(["all", "changed"], {
      description:
        "What a reading has when something in it is worth one by its `shape`: `all` metrics, or those that are.",
      default: "all",
    }),
    settings: Type.Record(Type.String(), Type.Unknown(), {
      title: "the settings",
      description: "The driver's own settings; its page tells of them.",
      default: {},
    }),
  },
  {
    ...CLOSED,
    title: "a device",
    description: "A sensor or actuator on a port, under the name that is in its topic.",
  },
);
