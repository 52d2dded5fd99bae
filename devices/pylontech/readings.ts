import type { Value, Values } from "../../src/message/index.ts";
import { PROTECTIONS, STATES } from "./alarms.table.ts";
import { InfoReader } from "./info-reader.ts";

const ZERO_CELSIUS_DK = 2731;
/** The capacities' 16 bits when they do not hold them: those of 24 bits follow. */
const LONGER = 0xffff;
/** More user defined items than these: capacities of 24 bits. */
const SHORT_ITEMS = 2;
const SERIAL_NUMBER_BYTES = 16;
const STATUS_BYTES = 5;
/** Some batteries have a sixth status, and there may be more for more cells. */
const MAX_MORE_BYTES = 4;

/** What an answer holds. `of` is its command value: the battery that was asked for, or how many there are. */
export interface Answer<Content> {
  readonly of: number;
  readonly content: Content;
}

/** "Get analog value, fixed point", section 3.2. @returns one battery, or several if all were asked for; undefined if they do not fill the info */
export function analogValues(info: Buffer): Answer<readonly Values[]> | undefined {
  const reader = new InfoReader(info);
  // The data flag: alarms and switches that have changed.
  reader.unsigned(1);
  const of = reader.unsigned(1);
  const content: Values[] = [];
  while (!reader.isWhole && !reader.isOver) content.push(battery(reader));
  const isSane = content.length === 1 || content.length === of;
  return reader.isOver || !isSane || content.some(({ cells }) => cells === 0) ? undefined : { of, content };
}

/** "Get alarm info", section 3.3. */
export function alarms(info: Buffer): Answer<Values> | undefined {
  const reader = new InfoReader(info);
  reader.unsigned(1);
  const of = reader.unsigned(1);
  const cells = reader.counted(() => reader.unsigned(1));
  const temperatures = reader.counted(() => reader.unsigned(1));
  const [charge = 0, voltage = 0, discharge = 0] = reader.bytes(3);
  const [protection = 0, switches = 0, state = 0, cells1 = 0, cells9 = 0] = reader.bytes(STATUS_BYTES);
  // A late answer to another query may be as long: it has not only states in these places.
  const states = [...cells, ...temperatures, charge, voltage, discharge];
  if (
    reader.isOver ||
    reader.rest > MAX_MORE_BYTES ||
    cells.length === 0 ||
    !states.every((value) => value in STATES)
  )
    return undefined;
  const has = (word: number, bit: number): boolean => ((word >> bit) & 1) === 1;
  const told = [
    ...cells.map((value, i) => alarm(`cell-${i + 1}`, value)),
    ...temperatures.map((value, i) => alarm(`temperature-${i + 1}`, value)),
    alarm("charge-current", charge),
    alarm("voltage", voltage),
    alarm("discharge-current", discharge),
  ];
  const content = {
    alarms: told.filter(Boolean).join(","),
    protections: PROTECTIONS.filter((name, bit) => name && has(protection, bit)).join(","),
    protection_bits: protection,
    charge_mosfet: has(switches, 1),
    discharge_mosfet: has(switches, 2),
    battery_power: has(switches, 3),
    charging: has(state, 7),
    discharging: has(state, 6),
    heater: has(state, 5),
    fully_charged: has(state, 3),
    buzzer: has(state, 0),
    cell_fault_bits: cells1 | (cells9 << 8),
  };
  return { of, content };
}

/** "Get charge and discharge management information", section 3.5. */
export function management(info: Buffer): Answer<Values> | undefined {
  const reader = new InfoReader(info);
  const of = reader.unsigned(1);
  const content = {
    charge_voltage_limit: reader.unsigned(2) / 1_000,
    discharge_voltage_limit: reader.unsigned(2) / 1_000,
    charge_current_limit: reader.signed(2) / 10,
    discharge_current_limit: reader.signed(2) / 10,
    ...wishes(reader.unsigned(1)),
  };
  return reader.isWhole ? { of, content } : undefined;
}

/** "Get the module's serial number", section 3.6. */
export function serialNumber(info: Buffer): Answer<Values> | undefined {
  const reader = new InfoReader(info);
  const of = reader.unsigned(1);
  const text = reader
    .bytes(SERIAL_NUMBER_BYTES)
    .toString("latin1")
    .replace(/[\0 ]+$/, "");
  if (!reader.isWhole || !/^[ -~]+$/.test(text)) return undefined;
  return { of, content: { serial_number: text } };
}

function battery(reader: InfoReader): Values {
  const cells = reader.counted(() => reader.unsigned(2) / 1_000);
  const temperatures = reader.counted(() => celsius(reader.unsigned(2)));
  const current = reader.signed(2) / 10;
  const voltage = reader.unsigned(2) / 1_000;
  const remaining = reader.unsigned(2);
  const items = reader.unsigned(1);
  const full = reader.unsigned(2);
  const cycles = reader.unsigned(2);
  const [remainingMah, fullMah] =
    items > SHORT_ITEMS ? [reader.unsigned(3), reader.unsigned(3)] : [short(remaining), short(full)];
  return {
    voltage,
    current,
    remaining_capacity: remainingMah === null ? null : remainingMah / 1_000,
    full_capacity: fullMah === null ? null : fullMah / 1_000,
    state_of_charge: share(remainingMah, fullMah),
    cycles,
    cells: cells.length,
    temperature_sensors: temperatures.length,
    ...numbered("cell_voltage", cells),
    ...numbered("temperature", temperatures),
  };
}

function short(mah: number): number | null {
  return mah === LONGER ? null : mah;
}

/** To 0.1 %: the battery does not tell it here. */
function share(remaining: number | null, full: number | null): number | null {
  return remaining === null || full === null || full === 0
    ? null
    : Math.round((1_000 * remaining) / full) / 10;
}

/** 0.1 K above absolute zero; 0 and FFFF are no temperatures. */
function celsius(word: number): number | null {
  return word === 0 || word === 0xffff ? null : (word - ZERO_CELSIUS_DK) / 10;
}

function alarm(what: string, value: number): string {
  return value === 0 ? "" : `${what}-${STATES[value] ?? ""}`;
}

function wishes(status: number): Values {
  return {
    charge_allowed: (status & 0x80) !== 0,
    discharge_allowed: (status & 0x40) !== 0,
    charge_wanted: (status & 0x30) !== 0,
    full_charge_wanted: (status & 0x08) !== 0,
  };
}

function numbered(name: string, values: readonly Value[]): Values {
  return Object.fromEntries(values.map((value, i) => [`${name}_${i + 1}`, value]));
}
