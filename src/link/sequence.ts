/** Numbers modulo 256. firmware-bridge/SPEC.md, "Reliable frames". */
const NUMBERS = 256;

export function after(number: number, by = 1): number {
  return (number + by) % NUMBERS;
}

/** How far it is from one number forward to another: 0 to 255. */
export function distance(from: number, to: number): number {
  return (to - from + NUMBERS) % NUMBERS;
}
