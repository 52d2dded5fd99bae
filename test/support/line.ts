import type { LineSettings } from "../../src/serial/index.ts";

/** A usual line for tests that do not care. */
export const LINE: LineSettings = {
  baudRate: 9600,
  dataBits: 8,
  parity: "none",
  stopBits: 1,
  flowControl: "none",
};
