/** Status 1 of the alarms, from bit 0; bit 3 is reserved. Section 3.3. */
export const PROTECTIONS = [
  "pack-overvoltage",
  "cell-undervoltage",
  "charge-overcurrent",
  "",
  "discharge-overcurrent",
  "discharge-overtemperature",
  "charge-overtemperature",
  "pack-undervoltage",
] as const;

/** What is said of a cell, a thermometer, a current or the voltage; no more than these are. Section 3.3. */
export const STATES: Readonly<Record<number, string>> = {
  0x00: "",
  0x01: "low",
  0x02: "high",
  0xf0: "fault",
};
