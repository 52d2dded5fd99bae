import t from "tap";
import { dalyBms } from "../../../devices/daly-bms/driver.ts";
import {
  answerOf,
  COMMANDS,
  DALY_FRAMES,
  requestOf,
  writeRequest,
} from "../../../devices/daly-bms/protocol.ts";
import { cellsPart, temperaturesPart } from "../../../devices/daly-bms/readings.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { settingsOf } from "../settings.ts";

interface ExpectedFrame {
  readonly hex: string;
  readonly address?: number;
  readonly id?: string;
  readonly checksum?: string;
  readonly checksum_ok: boolean;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Their names for our metrics, and what one of theirs is worth. */
const NAMES: Readonly<Record<string, readonly [name: string, divisor: number]>> = {
  voltage_V: ["voltage", 1],
  acquisition_V: ["acquisition_voltage", 1],
  current_A: ["current", 1],
  soc_pct: ["state_of_charge", 1],
  cell_max_mV: ["highest_cell_voltage", 1_000],
  cell_max_no: ["highest_cell", 1],
  cell_min_mV: ["lowest_cell_voltage", 1_000],
  cell_min_no: ["lowest_cell", 1],
  charge_mos: ["charge_mosfet", 1],
  discharge_mos: ["discharge_mosfet", 1],
  bms_life: ["life", 1],
  remaining_mAh: ["remaining_capacity", 1_000],
  state: ["state", 1],
  cells: ["cells", 1],
  ntcs: ["temperature_sensors", 1],
  charger: ["charger_connected", 1],
  load: ["load_connected", 1],
  dio_bits: ["io_bits", 1],
  cycles: ["cycles", 1],
};

for (const capture of capturesOf("daly-bms"))
  t.test(`daly-bms ${capture.name}`, async (t) => {
    if ("commands" in capture.expected) return t.strictSame(...commands(capture));
    const expected = capture.expected["frames"] as readonly ExpectedFrame[];
    t.strictSame(
      framesIn(capture.bytes).map((frame) => frame.toString("hex")),
      expected.filter(({ checksum_ok }) => checksum_ok).map(({ hex }) => hex),
      "the frames of the recording",
    );
    for (const frame of expected) {
      const { hex, fields = {} } = frame;
      t.strictSame(headOf(hex), wantedHead(frame), hex);
      if ("frame_no" in fields) t.strictSame(partOf(hex), partWanted(fields), hex);
      else t.strictSame(pick(readingOf(hex), fields), wanted(fields), hex);
    }
  });

for (const capture of capturesOf("daly-bms").filter(({ name }) => name === "mppsolar-cellvoltages"))
  t.test("daly-bms: sixteen frames of cells are one reading of the cells that there are", async (t) => {
    const frames = capture.expected["frames"] as readonly ExpectedFrame[];
    const millivolts = frames.flatMap(({ fields }) => fields?.["cells_mV"] as number[]).slice(0, 16);
    const events = dalyBms.open(settingsOf(dalyBms, { cells: 16 })).push(capture.bytes);
    t.strictSame(
      events.filter(({ type }) => type !== "describe"),
      [
        {
          type: "reading",
          values: Object.fromEntries(millivolts.map((mv, cell) => [`cell_voltage_${cell + 1}`, mv / 1_000])),
        },
      ],
    );
  });

function framesIn(bytes: Uint8Array): Buffer[] {
  return new FrameScanner(DALY_FRAMES)
    .push(bytes)
    .flatMap((item) => (item.type === "frame" ? [Buffer.from(item.bytes)] : []));
}

function commands({ bytes, expected }: Capture): [found: string[], wanted: string[]] {
  const published = expected["commands"] as readonly { readonly hex: string }[];
  const found = framesIn(bytes).map((frame) => {
    const command = requestOf(frame)?.command ?? 0;
    return writeRequest("computer", command).toString("hex");
  });
  return [found, published.map(({ hex }) => hex)];
}

function headOf(hex: string): object | undefined {
  const [frame] = framesIn(Buffer.from(hex, "hex"));
  const answer = frame && answerOf(frame);
  return answer && { address: 1, id: hexByte(answer.command), checksum: hexByte(frame.at(-1) ?? 0) };
}

function wantedHead({ address, id, checksum, checksum_ok }: ExpectedFrame): object | undefined {
  return checksum_ok ? { address, id, checksum: `0x${checksum}` } : undefined;
}

function partOf(hex: string): object {
  const [frame = Buffer.alloc(0)] = framesIn(Buffer.from(hex, "hex"));
  const answer = answerOf(frame);
  if (!answer) return {};
  return answer.command === COMMANDS.cellVoltages ? cellsPart(answer.data) : temperaturesPart(answer.data);
}

function partWanted(fields: Readonly<Record<string, unknown>>): object {
  return { number: fields["frame_no"], values: fields["cells_mV"] ?? fields["temperatures_C"] };
}

function readingOf(hex: string): Values {
  const events = dalyBms.open(settingsOf(dalyBms)).push(Buffer.from(hex, "hex"));
  return events.find((event) => event.type === "reading")?.values ?? {};
}

function wanted(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(fields).flatMap(([theirs, value]) => {
    const [name, divisor] = NAMES[theirs] ?? ["", 1];
    if (name === "") return [];
    return [[name, typeof value === "number" ? value / divisor : value] as const];
  });
  return Object.fromEntries(entries);
}

function pick(values: Values, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(wanted(fields)).map((name) => [name, values[name]]));
}

function hexByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0").toUpperCase()}`;
}
