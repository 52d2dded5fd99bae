import { hex, Recording, type PolledRecording } from "./recording.ts";

function daly(): PolledRecording {
  const commands = new Recording("daly-bms", "commands");
  const snoop = new Recording("daly-bms", "batmon-416-snoop");
  const extremes = new Recording("daly-bms", "mppsolar-cellminmaxvoltages");
  const cells = new Recording("daly-bms", "mppsolar-cellvoltages");
  const mosfets = new Recording("daly-bms", "mppsolar-mosstatus");
  return {
    driver: "daly-bms",
    settings: { cells: 16, interval: 3_000 },
    exchanges: [
      { ask: commands.command("read SOC"), answer: hex(snoop.frames[0]?.hex ?? "") },
      { ask: commands.command("read status"), answer: hex(snoop.frames[1]?.hex ?? "") },
      { ask: commands.command("read min/max cell"), answer: extremes.bytes },
      { ask: commands.command("read cell voltages"), answer: cells.bytes },
      { ask: commands.command("read MOS state"), answer: mosfets.bytes },
    ],
    values: [
      snoop.field("voltage_V"),
      snoop.field("soc_pct"),
      snoop.field("cells", 1),
      Number(extremes.field("cell_max_mV")) / 1_000,
      mosfets.field("bms_life"),
      Number(mosfets.field("remaining_mAh")) / 1_000,
    ],
  };
}

function jbd(): PolledRecording {
  const commands = new Recording("jbd-bms", "commands");
  const answer = new Recording("jbd-bms", "aiobmsble-4s-discharge");
  return {
    driver: "jbd-bms",
    exchanges: [{ ask: commands.command("read basic info"), answer: hex(answer.frames[0]?.hex ?? "") }],
    values: [
      ...["voltage_V", "current_A", "remaining_Ah", "cycles", "soc_pct"].map((name) => answer.field(name)),
      ...(answer.field("temperatures_C") as number[]),
    ],
  };
}

function jbdLog(): PolledRecording {
  const log = new Recording("jbd-bms", "syssi-jbd-dp04s007l4s100a-ble");
  const { ask, answer } = log.exchange;
  return { driver: "jbd-bms", exchanges: [{ ask, answer }], values: [log.field("voltage_V", 1)] };
}

function mbus(): PolledRecording {
  const recording = new Recording("mbus", "example_data_01");
  const { address } = recording.expected["frame"] as { readonly address: number };
  const records = recording.expected["records"] as readonly { readonly value: number }[];
  // REQ_UD2 with the frame count bit. EN 13757-2, 5.7.
  const ask = Buffer.from([0x10, 0x7b, address, (0x7b + address) & 0xff, 0x16]);
  return {
    driver: "mbus",
    settings: { address, pollMs: 1_000 },
    exchanges: [{ ask, answer: recording.bytes }],
    values: records.slice(0, 2).map(({ value }) => value),
  };
}

function iec62056(): PolledRecording {
  const recording = new Recording("iec62056-21", "apollon-serialrequestresponsed0modedack");
  const [telegram] = recording.expected["telegrams"] as readonly {
    readonly data: readonly { readonly value?: number }[];
  }[];
  const end = recording.bytes.indexOf("\n") + 1;
  return {
    driver: "iec62056-21",
    settings: { pollSeconds: 1 },
    exchanges: [
      { ask: Buffer.from("/?!\r\n"), answer: recording.bytes.subarray(0, end) },
      // Mode C at 300 baud. IEC 62056-21, 6.3.3.
      { ask: Buffer.from("\x06000\r\n"), answer: recording.bytes.subarray(end) },
    ],
    values: telegram?.data.flatMap(({ value }) => (value === undefined ? [] : [value])) ?? [],
  };
}

/** Batteries and meters, by the devices' names. */
export const ENERGY: Readonly<Record<string, () => PolledRecording>> = {
  daly,
  jbd,
  "jbd-log": jbdLog,
  mbus,
  iec62056,
};
