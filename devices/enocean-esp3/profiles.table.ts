import { flag, linear, type Field } from "./fields.ts";

type Fields = readonly Field[];

/** EEP A5-02: eight bits downwards, over 40 or 80 K. */
const temperature8 = (low: number, high: number): Fields => [
  linear("temperature", [16, 8], [255, 0], [low, high], 1),
];
const TEMPERATURES: Readonly<Record<string, Fields>> = Object.fromEntries(
  [
    ...Array.from({ length: 11 }, (_, type) => [type + 0x01, -40 + 10 * type, 40] as const),
    ...Array.from({ length: 12 }, (_, type) => [type + 0x10, -60 + 10 * type, 80] as const),
  ].map(([type, low, span]) => [
    `A5-02-${type.toString(16).padStart(2, "0").toUpperCase()}`,
    temperature8(low, low + span),
  ]),
);

const supply = (last: 250 | 255): Field => linear("supply_voltage", [0, 8], [0, last], [0, last / 50], 2);
const illuminance8 = (last: number): Field => linear("illuminance", [8, 8], [0, 255], [0, last], 0);
const temperatureUp = (low: number, high: number): Field =>
  linear("temperature", [16, 8], [0, 255], [low, high], 1);
const humidity250 = linear("humidity", [8, 8], [0, 250], [0, 100], 1);
const panelTemperature = linear("temperature", [16, 8], [255, 0], [0, 40], 1);
const occupancyButton = flag("occupancy_button", 31, 0);

/** Light in two ranges of which the last bit says which is good. */
const illuminanceOf = (fine: readonly [number, number], coarse: readonly [number, number]): Fields => [
  linear("illuminance", [16, 8], [0, 255], coarse, 0, { bit: 31, is: 0 }),
  linear("illuminance", [8, 8], [0, 255], fine, 0, { bit: 31, is: 1 }),
];

const multi = (light: number, low: number, high: number): Fields => [
  supply(255),
  illuminance8(light),
  temperatureUp(low, high),
  flag("motion", 30, 0),
  occupancyButton,
];

/**
 * Profiles whose values are each in a place of their own. EnOcean Equipment Profiles (EEP), by their numbers; bit 28 of an A5
 * telegram says whether it is data.
 */
export const FIELDS: Readonly<Record<string, Fields>> = {
  "D5-00-01": [flag("contact_closed", 7, 1)],
  "F6-01-01": [flag("pressed", 3, 1)],
  ...TEMPERATURES,
  "A5-02-20": [linear("temperature", [14, 10], [1023, 0], [-10, 41.2], 2)],
  "A5-02-30": [linear("temperature", [14, 10], [1023, 0], [-40, 62.3], 1)],
  "A5-04-01": [humidity250, linear("temperature", [16, 8], [0, 250], [0, 40], 2, { bit: 30, is: 1 })],
  "A5-04-02": [humidity250, linear("temperature", [16, 8], [0, 250], [-20, 60], 2, { bit: 30, is: 1 })],
  "A5-04-03": [
    linear("humidity", [0, 8], [0, 255], [0, 100], 1),
    linear("temperature", [14, 10], [0, 1023], [-20, 60], 2),
  ],
  "A5-05-01": [linear("pressure", [6, 10], [0, 1023], [500, 1150], 1)],
  "A5-06-01": [supply(255), ...illuminanceOf([300, 30_000], [600, 60_000])],
  "A5-06-02": [supply(255), ...illuminanceOf([0, 510], [0, 1_020])],
  "A5-06-03": [supply(250), linear("illuminance", [8, 10], [0, 1_000], [0, 1_000], 0)],
  "A5-07-01": [
    linear("supply_voltage", [0, 8], [0, 250], [0, 5], 2, { bit: 31, is: 1 }),
    flag("motion", 16, 1),
  ],
  "A5-07-02": [supply(250), flag("motion", 24, 1)],
  "A5-07-03": [supply(250), linear("illuminance", [8, 10], [0, 1_000], [0, 1_000], 0), flag("motion", 24, 1)],
  "A5-08-01": multi(510, 0, 51),
  "A5-08-02": multi(1_020, 0, 51),
  "A5-08-03": multi(1_530, -30, 50),
  "A5-09-04": [
    linear("humidity", [0, 8], [0, 200], [0, 100], 1, { bit: 29, is: 1 }),
    linear("co2", [8, 8], [0, 255], [0, 2_550], 0),
    linear("temperature", [16, 8], [0, 255], [0, 51], 1, { bit: 30, is: 1 }),
  ],
  "A5-10-01": [
    linear("fan", [0, 8], [0, 255], [0, 255], 0),
    linear("setpoint", [8, 8], [0, 255], [0, 255], 0),
    panelTemperature,
    occupancyButton,
  ],
  "A5-10-03": [linear("setpoint", [8, 8], [0, 255], [0, 255], 0), panelTemperature],
  "A5-10-05": [linear("setpoint", [8, 8], [0, 255], [0, 255], 0), panelTemperature, occupancyButton],
  "A5-10-10": [
    linear("setpoint", [0, 8], [0, 255], [0, 255], 0),
    humidity250,
    linear("temperature", [16, 8], [0, 250], [0, 40], 2),
    occupancyButton,
  ],
  "A5-10-12": [
    linear("setpoint", [0, 8], [0, 255], [0, 255], 0),
    humidity250,
    linear("temperature", [16, 8], [0, 250], [0, 40], 2),
  ],
  "A5-14-01": [supply(250), flag("contact_closed", 31, 0)],
  "A5-20-01": [
    linear("valve", [0, 8], [0, 100], [0, 100], 0),
    linear("temperature", [16, 8], [0, 255], [0, 40], 1, { bit: 13, is: 0 }),
  ],
};
