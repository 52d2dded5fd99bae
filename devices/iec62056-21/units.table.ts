/** What a unit measures, the power of ten that it is of, and its UCUM code (meters write them in any case). */
interface Unit {
  readonly measures: string;
  readonly exponent: number;
  readonly code: string;
}

const unit = (measures: string, exponent: number, code: string): Unit => ({ measures, exponent, code });

/** By the meter's spelling in lower case: `MWh` of one is `MWH` of another, and none counts in milliwatt-hours. */
const UNITS: ReadonlyMap<string, Unit> = new Map([
  ["wh", unit("energy", 0, "W.h")],
  ["kwh", unit("energy", 3, "kW.h")],
  ["mwh", unit("energy", 6, "MW.h")],
  ["gwh", unit("energy", 9, "GW.h")],
  ["varh", unit("reactive energy", 0, "varh")],
  ["kvarh", unit("reactive energy", 3, "kvarh")],
  ["mvarh", unit("reactive energy", 6, "Mvarh")],
  ["vah", unit("apparent energy", 0, "V.A.h")],
  ["kvah", unit("apparent energy", 3, "kV.A.h")],
  ["w", unit("power", 0, "W")],
  ["kw", unit("power", 3, "kW")],
  ["mw", unit("power", 6, "MW")],
  ["var", unit("reactive power", 0, "var")],
  ["kvar", unit("reactive power", 3, "kvar")],
  ["mvar", unit("reactive power", 6, "Mvar")],
  ["va", unit("apparent power", 0, "V.A")],
  ["kva", unit("apparent power", 3, "kV.A")],
  ["v", unit("voltage", 0, "V")],
  ["kv", unit("voltage", 3, "kV")],
  ["ma", unit("current", -3, "mA")],
  ["a", unit("current", 0, "A")],
  ["ka", unit("current", 3, "kA")],
  ["hz", unit("frequency", 0, "Hz")],
  ["j", unit("heat", 0, "J")],
  ["kj", unit("heat", 3, "kJ")],
  ["mj", unit("heat", 6, "MJ")],
  ["gj", unit("heat", 9, "GJ")],
  ["l", unit("volume", -3, "L")],
  ["dm3", unit("volume", -3, "dm3")],
  ["m3", unit("volume", 0, "m3")],
  ["m3/h", unit("flow", 0, "m3/h")],
  ["m3ph", unit("flow", 0, "m3/h")],
  ["l/h", unit("flow", -3, "L/h")],
  ["lph", unit("flow", -3, "L/h")],
  ["c", unit("temperature", 0, "Cel")],
  ["k", unit("temperature difference", 0, "K")],
  ["deg", unit("angle", 0, "deg")],
  ["s", unit("seconds", 0, "s")],
  ["m", unit("minutes", 0, "min")],
  ["min", unit("minutes", 0, "min")],
  ["h", unit("hours", 0, "h")],
  ["d", unit("days", 0, "d")],
  ["bar", unit("pressure", 0, "bar")],
  ["%", unit("part", 0, "%")],
]);

/** By UCUM code, as metrics have it. */
const CODES: ReadonlyMap<string, Unit> = new Map([...UNITS.values()].map((one) => [one.code, one]));

export function isUnit(spelling: string): boolean {
  return UNITS.has(spelling.toLowerCase());
}

/** The UCUM code of a unit as a meter spells it; an unknown one stays as it is. */
export function unitCode(spelling: string): string {
  return UNITS.get(spelling.toLowerCase())?.code ?? spelling;
}

/**
 * How many places the decimal point moves from the meter's unit to the metric's.
 * @returns undefined if one cannot be made of the other
 */
export function placesBetween(spelling: string, code: string): number | undefined {
  const from = UNITS.get(spelling.toLowerCase());
  const to = CODES.get(code);
  if (!from || !to) return spelling === code ? 0 : undefined;
  return from.measures === to.measures ? from.exponent - to.exponent : undefined;
}
