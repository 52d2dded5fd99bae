/** A unit as it follows a value, for people: ` °C`. */
export function unitText(unit: string | undefined): string {
  return unit === undefined ? "" : (SIGNS[unit] ?? ` ${unit}`);
}

/** How people write some UCUM codes. */
const SIGNS: Readonly<Record<string, string>> = { Cel: " °C", deg: "°", "%": " %", "ug/m3": " µg/m³" };
