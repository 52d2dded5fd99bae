/**
 * The older DZG DVS74 (server id 0A01 "DZG", then its number) send 16.7.0 as if it had a sign, but with only as many bytes as
 * it needs without one: 328.05 W as 53 80 25, which reads as -327.31 W. Negative powers they send in four bytes. By the table of
 * libsml, these numbers; from 60 million on it is mended.
 */
const MAKER = Buffer.from("0a01445a47", "hex").toString("hex");
const AFFECTED: readonly (readonly [first: number, last: number])[] = [
  [42_000_000, 48_999_999],
  [55_000_000, 58_999_999],
];

export function hasUnsignedPower(serverId: unknown): boolean {
  if (typeof serverId !== "string" || serverId.length !== 20 || !serverId.startsWith(MAKER)) return false;
  const serial = Number.parseInt(serverId.slice(MAKER.length), 16);
  return AFFECTED.some(([first, last]) => serial >= first && serial <= last);
}
