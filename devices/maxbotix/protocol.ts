/**
 * Lines of MaxBotix' ultrasonic sensors (LV-MaxSonar-EZ data sheet PD11832, "pin 5"; XL-MaxSonar-EZ PD10001, likewise;
 * HRXL-MaxSonar-WR PD11500, likewise; HRUSB-MaxSonar-EZ PD12141 and ParkSonar-EZ PD13426 for what may follow):
 *
 *   R | digits | ␠ P 0 or 1, or a blank, or nothing | CR
 *
 * There is no checksum: a line has exactly the digits of its family, and no more than the family's reach.
 */
export const MARK = "R".charCodeAt(0);
/** R, four digits, " P1". */
export const MAX_LINE_BYTES = 8;

export interface Family {
  readonly description: string;
  readonly digits: 3 | 4;
  /** What one step is, mm. */
  readonly stepMm: number;
  /** The greatest range that it tells; also what it tells if nothing is within reach. */
  readonly most: number;
  /** What else it tells if nothing is within reach. */
  readonly none: readonly number[];
}

const INCH_MM = 25.4;

export const FAMILIES = {
  lv: { description: "LV-MaxSonar, ParkSonar: inches", digits: 3, stepMm: INCH_MM, most: 255, none: [254] },
  xl: { description: "XL-MaxSonar, 7.6 m: cm, three digits", digits: 3, stepMm: 10, most: 765, none: [] },
  xl10: { description: "XL-MaxSonar, 10 m: cm, four digits", digits: 4, stepMm: 10, most: 1_068, none: [] },
  hr: { description: "HRLV, HRUSB, HRXL, 5 m: mm", digits: 4, stepMm: 1, most: 5_000, none: [9_999] },
  hr10: { description: "HRXL, 10 m: mm", digits: 4, stepMm: 1, most: 9_999, none: [] },
} as const satisfies Readonly<Record<string, Family>>;
export type FamilyName = keyof typeof FAMILIES;

/** Nothing that a sensor could be 0 away from: it is nearer than the least range. */
const TOO_NEAR = 0;

export interface Range {
  /** mm, to 0.1; null if nothing is within reach. */
  readonly distance: number | null;
  /** Undefined if the sensor does not tell it. */
  readonly present?: boolean;
}

const LINE = /^R(\d{3,4})(?: (?:P([01]))?)?$/;

/** @param line without its end. @returns undefined if no sensor of the family says so */
export function readRange(family: Family, line: string): Range | undefined {
  const [, digits = "", present] = LINE.exec(line) ?? [];
  if (digits.length !== family.digits) return undefined;
  const steps = Number(digits);
  const isNone = steps === TOO_NEAR || steps === family.most || family.none.includes(steps);
  if (steps > family.most && !isNone) return undefined;
  const distance = isNone ? null : millimetres(steps, family.stepMm);
  return present === undefined ? { distance } : { distance, present: present === "1" };
}

/** @param steps of the family's unit */
export function writeRange({ digits }: Family, steps: number): string {
  return `R${String(steps).padStart(digits, "0")}\r`;
}

/** To 0.1, without the noise of binary fractions. */
function millimetres(steps: number, stepMm: number): number {
  return Math.round(steps * stepMm * 10) / 10;
}
