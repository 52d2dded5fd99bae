/** One data set: an address and the values in brackets after it. IEC 62056-21, 6.6. */
export interface DataSet {
  readonly address: string;
  /** As they are on the wire, without their brackets. */
  readonly values: readonly string[];
}

/**
 * An address, which may be missing, and one value. Some meters double a bracket, or lose one of a double pair, so a run
 * of them is one.
 */
const ADDRESS_AND_VALUE = /([^()]*)\(+([^()]*)\)+/y;

/**
 * The data sets of a block. Line ends mean nothing in it: there may be several sets in a line, a value without an address
 * belongs to the address before it (DSMR 3 sends the gas meter's value on a line of its own), and long texts are wrapped.
 *
 * @returns in `rest` what is left over because it is no data set; empty in a sound block
 */
export function readDataSets(block: string): { readonly sets: readonly DataSet[]; readonly rest: string } {
  const text = block.replaceAll(/[\r\n]/g, "");
  const sets: { address: string; values: string[] }[] = [];
  let end = 0;
  ADDRESS_AND_VALUE.lastIndex = 0;
  for (let match = ADDRESS_AND_VALUE.exec(text); match; match = ADDRESS_AND_VALUE.exec(text)) {
    const [, address = "", value = ""] = match;
    const last = sets.at(-1);
    if (address.trim() !== "") sets.push({ address: address.trim(), values: [value] });
    else if (last) last.values.push(value);
    else break;
    end = ADDRESS_AND_VALUE.lastIndex;
  }
  return { sets, rest: text.slice(end).trim() };
}

/** `*255` means "not used" and says nothing. IEC 62056-61, value group F. */
export function withoutUnusedGroup(address: string): string {
  return address.endsWith("*255") ? address.slice(0, -4) : address;
}
