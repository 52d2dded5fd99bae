import t from "tap";
import { metricsOf, PROFILES, typicalOf, valuesOf } from "../../../devices/enocean-esp3/profiles.ts";
import type { Telegram } from "../../../devices/enocean-esp3/telegram.ts";
import { seeded } from "../../support/random.ts";

function telegram(profile: string, payload: string, status = 0): Telegram {
  const [rorg = ""] = profile.split("-");
  return {
    rorg: Number.parseInt(rorg, 16),
    payload: Buffer.from(payload, "hex"),
    sender: "01:02:03:04",
    status,
    subtelegrams: 1,
    destination: "FF:FF:FF:FF",
    signalDbm: -60,
    security: 0,
  };
}

/** Payloads and what they mean by the Equipment Profiles. */
const CASES: readonly (readonly [profile: string, payload: string, values: object])[] = [
  ["F6-01-01", "10", { pressed: true }],
  ["F6-04-01", "70", { card: true }],
  ["F6-04-01", "00", { card: false }],
  ["F6-05-01", "11", { water: true }],
  ["F6-10-00", "c0", { window: "open" }],
  ["F6-10-00", "d0", { window: "tilted" }],
  ["F6-10-00", "e0", { window: "open" }],
  ["F6-10-00", "f0", { window: "closed" }],
  ["A5-02-01", "0000ff08", { temperature: -40 }],
  ["A5-02-0B", "00000008", { temperature: 100 }],
  ["A5-02-10", "0000ff08", { temperature: -60 }],
  ["A5-02-1B", "00000008", { temperature: 130 }],
  ["A5-02-13", "00009f08", { temperature: 0.1 }],
  ["A5-02-20", "00020008", { temperature: 15.57 }],
  ["A5-02-30", "00000008", { temperature: 62.3 }],
  ["A5-04-01", "00fa00fa", { humidity: 100, temperature: 0 }],
  ["A5-04-01", "00fbfb0a", { humidity: null, temperature: null }],
  ["A5-04-02", "007d7d0a", { humidity: 50, temperature: 20 }],
  ["A5-04-03", "80020008", { humidity: 50.2, temperature: 20.04 }],
  ["A5-05-01", "03ff0008", { pressure: 1150 }],
  ["A5-05-01", "02000008", { pressure: 825.3 }],
  ["A5-06-02", "a5640009", { supply_voltage: 3.3, illuminance: 200 }],
  ["A5-06-02", "a5006408", { supply_voltage: 3.3, illuminance: 400 }],
  ["A5-06-03", "a57d0008", { supply_voltage: 3.3, illuminance: 500 }],
  ["A5-06-03", "a5fa4008", { supply_voltage: 3.3, illuminance: null }],
  ["A5-07-01", "a5008009", { supply_voltage: 3.3, motion: true }],
  ["A5-07-01", "a5007f08", { supply_voltage: null, motion: false }],
  ["A5-07-02", "fa000088", { supply_voltage: 5, motion: true }],
  [
    "A5-08-01",
    "ff64640a",
    { supply_voltage: 5.1, illuminance: 200, temperature: 20, motion: false, occupancy_button: true },
  ],
  [
    "A5-08-03",
    "ff010009",
    { supply_voltage: 5.1, illuminance: 6, temperature: -30, motion: true, occupancy_button: false },
  ],
  ["A5-09-04", "6428640e", { humidity: 50, co2: 400, temperature: 20 }],
  ["A5-09-04", "64286408", { humidity: null, co2: 400, temperature: null }],
  ["A5-10-01", "50800008", { fan: 80, setpoint: 128, temperature: 40, occupancy_button: true }],
  ["A5-10-03", "0080ff08", { setpoint: 128, temperature: 0 }],
  ["A5-10-05", "00800009", { setpoint: 128, temperature: 40, occupancy_button: false }],
  ["A5-10-10", "807d7d08", { setpoint: 128, humidity: 50, temperature: 20, occupancy_button: true }],
  ["A5-10-12", "807d7d08", { setpoint: 128, humidity: 50, temperature: 20 }],
  ["A5-12-00", "00303919", { channel: 1, count: 1234.5 }],
  ["A5-12-01", "0030390b", { tariff: 0, energy: 12.345 }],
  ["A5-12-01", "0030392c", { tariff: 2, power: 12345 }],
  ["A5-12-02", "0030390a", { tariff: 0, volume: 123.45 }],
  ["A5-12-03", "0030390f", { tariff: 0, flow: 12.345 }],
  ["A5-14-01", "a5000008", { supply_voltage: 3.3, contact_closed: true }],
  ["A5-14-01", "ff000009", { supply_voltage: null, contact_closed: false }],
  ["A5-20-01", "32008008", { valve: 50, temperature: 20.1 }],
  ["A5-20-01", "32048008", { valve: 50, temperature: null }],
  ["D2-01-01", "040064", { channel: 0, output: 100 }],
  ["D2-01-12", "04017f", { channel: 1, output: null }],
  ["D2-01-0E", "070000000e10", { channel: 0, energy: 0.001 }],
  ["D2-01-0E", "0740000004d2", { channel: 0, energy: 1234 }],
  ["D2-01-0E", "078000000002", { channel: 0, power: 2000 }],
];

for (const [profile, payload, values] of CASES)
  t.test(`${profile}: ${payload}`, async (t) => {
    t.strictSame(valuesOf(profile, telegram(profile, payload)), values);
  });

t.test("a rocker switch: the status says whether the byte is of a button", async (t) => {
  const rocker = (payload: string, status: number): unknown =>
    valuesOf("F6-02-01", telegram("F6-02-01", payload, status));
  t.same(rocker("70", 0x30), { pressed: true, button: "BO", second_button: null });
  t.same(rocker("15", 0x30), { pressed: true, button: "AI", second_button: "BI" });
  t.same(rocker("70", 0x20), { pressed: true, button: null, second_button: null }, "three or four at once");
  t.same(rocker("00", 0x20), { pressed: false, button: null, second_button: null });
});

t.test("what is none of the profile has no values", async (t) => {
  for (const [profile, payload] of [
    ["F6-10-00", "50"],
    ["D2-01-01", "0300"],
    ["D2-01-01", "04"],
    ["D2-01-0E", "07e000000001"],
    ["D2-01-0E", "0700"],
  ] as const)
    t.equal(valuesOf(profile, telegram(profile, payload)), undefined, `${profile} ${payload}`);
});

t.test("what a simulator sends of each profile has values, of metrics that are described", async (t) => {
  for (const profile of PROFILES) {
    const { rorg, payload, status } = typicalOf(profile, seeded(2));
    const values = valuesOf(profile, { ...telegram(profile, "", status), rorg, payload });
    t.ok(values && Object.keys(values).length > 0, profile);
    for (const name of Object.keys(values ?? {}))
      t.ok(Object.hasOwn(metricsOf(profile), name), `${profile}: ${name}`);
    const nulls = Object.entries(values ?? {}).filter(([, value]) => value === null);
    t.ok(
      nulls.every(([name]) => name === "second_button"),
      `${profile} ${JSON.stringify(nulls)}`,
    );
  }
});
