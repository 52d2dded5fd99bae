import t from "tap";
import { alarms, analogValues, management, serialNumber } from "../../../devices/pylontech/readings.ts";
import { ALARMS, ANALOG, ANALOG_LONG, MANAGEMENT, SERIAL_NUMBER } from "./infos.ts";

const info = (hex: string): Buffer => Buffer.from(hex, "hex");

t.test("analog values", async (t) => {
  t.strictSame(analogValues(info(ANALOG)), {
    of: 2,
    content: [
      {
        voltage: 9.903,
        current: -2.6,
        remaining_capacity: 33.5,
        full_capacity: 50,
        state_of_charge: 67,
        cycles: 31,
        cells: 3,
        temperature_sensors: 2,
        cell_voltage_1: 3.3,
        cell_voltage_2: 3.301,
        cell_voltage_3: 3.302,
        temperature_1: 22,
        temperature_2: null,
      },
    ],
  });
});

t.test("capacities of 24 bits, where those of 16 are FFFF", async (t) => {
  t.match(analogValues(info(ANALOG_LONG)), {
    content: [{ remaining_capacity: 95.46, full_capacity: 111, state_of_charge: 86 }],
  });
  const without = ANALOG.replace("82dc02c350", "ffff02ffff");
  t.match(analogValues(info(without)), {
    content: [{ remaining_capacity: null, full_capacity: null, state_of_charge: null }],
  });
});

t.test("an answer for all batteries has one after the other", async (t) => {
  const [, battery = ""] = /^1102(.*)$/.exec(ANALOG) ?? [];
  const [, longer = ""] = /^1102(.*)$/.exec(ANALOG_LONG) ?? [];
  t.match(analogValues(info(`1102${battery}${longer}`)), {
    of: 2,
    content: [{ cells: 3 }, { full_capacity: 111 }],
  });
  t.equal(analogValues(info(`1103${battery}${longer}`)), undefined, "one is missing");
});

t.test("alarms", async (t) => {
  t.strictSame(alarms(info(ALARMS)), {
    of: 2,
    content: {
      alarms: "cell-3-high,temperature-2-fault,discharge-current-high",
      protections: "cell-undervoltage,discharge-overcurrent",
      protection_bits: 0x12,
      charge_mosfet: true,
      discharge_mosfet: false,
      battery_power: false,
      charging: false,
      discharging: true,
      heater: false,
      fully_charged: false,
      buzzer: true,
      cell_fault_bits: 0x0204,
    },
  });
  t.match(alarms(info(`${ALARMS}00`)), { of: 2 }, "some batteries have a sixth status");
});

t.test("what the battery allows, and its serial number", async (t) => {
  t.strictSame(management(info(MANAGEMENT)), {
    of: 2,
    content: {
      charge_voltage_limit: 53.25,
      discharge_voltage_limit: 45,
      charge_current_limit: 37,
      discharge_current_limit: -37,
      charge_allowed: true,
      discharge_allowed: false,
      charge_wanted: true,
      full_charge_wanted: false,
    },
  });
  t.strictSame(serialNumber(info(SERIAL_NUMBER)), { of: 2, content: { serial_number: "SIM2000000000001" } });
  t.equal(serialNumber(info(`02${"01".repeat(16)}`)), undefined, "no text");
});

t.test("an info that is cut, or too long, or of another query, is nothing", async (t) => {
  const readers = {
    ANALOG: analogValues,
    ALARMS: alarms,
    MANAGEMENT: management,
    SERIAL_NUMBER: serialNumber,
  };
  const infos = { ANALOG, ALARMS, MANAGEMENT, SERIAL_NUMBER };
  for (const [name, read] of Object.entries(readers))
    for (const [other, hex] of Object.entries(infos)) {
      if (name !== other) t.equal(read(info(hex)), undefined, `${other} read as ${name}`);
      else for (let cut = 0; cut < hex.length; cut += 2) t.equal(read(info(hex.slice(0, cut))), undefined);
      if (name === other) t.equal(read(info(`${hex}0000000000`)), undefined);
    }
});

t.test("a state that there is not is no alarm info: a late answer may be as long", async (t) => {
  t.equal(alarms(info(ALARMS.replace("000002", "00000c"))), undefined);
});
