/** Two levels of an alarm: the first warns, the second switches off. */
const levels = (...alarms: readonly string[]): string[] =>
  alarms.flatMap((alarm) => [`${alarm}-1`, `${alarm}-2`]);

/** What the bits of command 98 say, a list a byte, from bit 0. Daly protocol, command 98. */
export const FAULTS: readonly (readonly string[])[] = [
  levels("cell-overvoltage", "cell-undervoltage", "pack-overvoltage", "pack-undervoltage"),
  levels(
    "charge-overtemperature",
    "charge-undertemperature",
    "discharge-overtemperature",
    "discharge-undertemperature",
  ),
  levels("charge-overcurrent", "discharge-overcurrent", "charge-level-high", "charge-level-low"),
  levels("cell-difference", "temperature-difference"),
  [
    "charge-mosfet-overtemperature",
    "discharge-mosfet-overtemperature",
    "charge-mosfet-sensor",
    "discharge-mosfet-sensor",
    "charge-mosfet-stuck",
    "discharge-mosfet-stuck",
    "charge-mosfet-open",
    "discharge-mosfet-open",
  ],
  [
    "front-end-chip",
    "voltage-acquisition",
    "temperature-sensor",
    "eeprom",
    "clock",
    "precharge",
    "vehicle-communication",
    "internal-communication",
  ],
  ["current-module", "pack-voltage-detection", "short-circuit-protection", "undervoltage-charge-forbidden"],
];
