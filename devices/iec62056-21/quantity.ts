/** A number as a meter writes it. The decimal digits are kept: only as such can it be scaled without a rounding error. */
export interface Quantity {
  readonly digits: string;
  /** As the meter spells it; absent where the value has none. */
  readonly unit?: string;
}

/** `000285.4*kWh`, `032942.0231`, `  80*Deg`. The standard's decimal point is a comma in some meters. */
const QUANTITY = /^\s*([-+]?\d{1,32}(?:[.,]\d{1,16})?)\s*(?:\*\s*([^\s*]+))?\s*$/;

/** @returns undefined if it is no number */
export function readQuantity(value: string): Quantity | undefined {
  const [, digits, unit] = QUANTITY.exec(value) ?? [];
  if (digits === undefined) return undefined;
  const plain = digits.replace(",", ".");
  return unit === undefined ? { digits: plain } : { digits: plain, unit };
}

/** The number, its decimal point moved by so many places to the right: as text, so that 0.3 stays 0.3. */
export function numberOf({ digits }: Quantity, places = 0): number {
  // Plus 0: a meter's -0.000 is 0.
  return Number(`${digits}e${places}`) + 0;
}
