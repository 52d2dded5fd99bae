/** Infos of a battery of three cells with two thermometers, address 2, as hex. */

/** 3.300, 3.301 and 3.302 V; 22.0 Cel and none; -2.6 A; 9.903 V; 33.5 of 50 Ah; 31 cycles. */
export const ANALOG =
  "110203" + "0ce40ce50ce6" + "02" + "0b870000" + "ffe6" + "26af" + "82dc" + "02" + "c350" + "001f";

/** The same with its capacities in 24 bits: 95.46 of 111 Ah. */
export const ANALOG_LONG =
  "110203" +
  "0ce40ce50ce6" +
  "02" +
  "0b870000" +
  "ffe6" +
  "26af" +
  "ffff" +
  "04" +
  "ffff" +
  "001f" +
  "0174e4" +
  "01b198";

/**
 * The third cell high, the second thermometer with a fault, the discharge current high; a cell undervoltage and a discharge
 * overcurrent; only the charge MOSFET on; discharging, the buzzer on; cells 3 and 10 have a fault.
 */
export const ALARMS = "110203" + "000002" + "02" + "00f0" + "000002" + "12" + "02" + "41" + "04" + "02";

/** 53.25 and 45 V, 37 A each way; it may be charged, not discharged, and wants to be charged. */
export const MANAGEMENT = "02" + "d002" + "afc8" + "0172" + "fe8e" + "a0";

export const SERIAL_NUMBER = "02" + Buffer.from("SIM2000000000001").toString("hex");
