/** What a bit of the protection word says, from bit 0. JBD register map, register 03, "Current errors". */
export const PROTECTIONS = [
  "cell-overvoltage",
  "cell-undervoltage",
  "pack-overvoltage",
  "pack-undervoltage",
  "charge-overtemperature",
  "charge-undertemperature",
  "discharge-overtemperature",
  "discharge-undertemperature",
  "charge-overcurrent",
  "discharge-overcurrent",
  "short-circuit",
  "front-end-fault",
  "mosfet-lock",
] as const;
