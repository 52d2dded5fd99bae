import type { Value } from "../../src/message/index.ts";
import { readContent, scaled } from "./content.ts";
import { readDate } from "./dates.ts";
import { modifierOf, SECOND_MODIFIERS, type Modifier } from "./modifiers.table.ts";
import { QUANTITIES, type Quantity } from "./quantities.table.ts";
import { TEXT_VIF, type DataRecord } from "./records.ts";

/** One value with what it is, in the unit of its quantity. */
export interface RecordValue {
  readonly name: string;
  readonly unit?: string | undefined;
  readonly isDate: boolean;
  readonly value: Value;
}

const CODE = 0x7f;
const FB = 0x7b;
const FD = 0x7d;
const MANUFACTURER = 0x7f;
const SECOND_TABLE = 0x7c;

/** Digits of a double that survive a multiplication. */
const DIGITS = 15;

export function valueOf(record: DataRecord): RecordValue {
  const { quantity, vifes } = quantityOf(record);
  const { suffixes, modifiers } = modifiersOf(vifes);
  const changed = modifiers.reduce(apply, quantity);
  return {
    name: [changed.name, ...suffixes].join("_"),
    unit: changed.unit,
    isDate: changed.kind === "date",
    value: modifiers.some(({ isError }) => isError)
      ? null
      : read(
          record,
          changed,
          modifiers.reduce((sum, { offset = 0 }) => sum + offset, 0),
        ),
  };
}

function quantityOf({ vif, vifes, unitText }: DataRecord): {
  readonly quantity: Quantity;
  readonly vifes: readonly number[];
} {
  const code = vif & CODE;
  if (code === TEXT_VIF) return { quantity: quantityOfText(unitText ?? ""), vifes };
  if (code === MANUFACTURER)
    return { quantity: { name: joined("manufacturer", Buffer.from(vifes).toString("hex")) }, vifes: [] };
  const extended = vif === (FB | 0x80) ? QUANTITIES.fb : vif === (FD | 0x80) ? QUANTITIES.fd : undefined;
  const [first = 0, ...rest] = vifes;
  const [table, at, left] = extended ? [extended, first & CODE, rest] : [QUANTITIES.primary, code, vifes];
  const unknown = `vif_${hex(vif)}${extended ? hex(at) : ""}`;
  return { quantity: table.get(at) ?? { name: unknown }, vifes: left };
}

/** The text is the unit, as %RH, or says what it is, as `cust. ID`. */
function quantityOfText(text: string): Quantity {
  if (text === "%RH") return { name: "relative_humidity", unit: "%" };
  const words = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_|_$/g, "");
  return { name: joined("text", words) };
}

function modifiersOf(vifes: readonly number[]): {
  readonly suffixes: readonly string[];
  readonly modifiers: readonly Modifier[];
} {
  const suffixes: string[] = [];
  const modifiers: Modifier[] = [];
  for (let at = 0; at < vifes.length; at++) {
    const vife = vifes[at] ?? 0;
    const code = vife & CODE;
    if (code === MANUFACTURER) {
      // What follows has the maker's own meaning.
      suffixes.push(`m${Buffer.from(vifes.slice(at + 1)).toString("hex")}`);
      break;
    }
    if (code === SECOND_TABLE) {
      at++;
      const second = (vifes[at] ?? 0) & CODE;
      suffixes.push(SECOND_MODIFIERS[second] ?? `vife_fc${hex(second)}`);
      continue;
    }
    const modifier = modifierOf(code) ?? { suffix: `vife_${hex(code)}` };
    if (modifier.suffix !== undefined) suffixes.push(modifier.suffix);
    modifiers.push(modifier);
  }
  return { suffixes, modifiers };
}

function apply(quantity: Quantity, { exponent = 0, per, times, becomes }: Modifier): Quantity {
  if (becomes) return { name: quantity.name, ...becomes };
  const { unit, ...rest } = quantity;
  const changed = [
    unit ?? "1",
    times === undefined ? "" : `.${times}`,
    per === undefined ? "" : `/${per}`,
  ].join("");
  return {
    ...rest,
    ...(changed === "1" ? {} : { unit: changed }),
    exponent: (rest.exponent ?? 0) + exponent,
  };
}

function read(
  { dif, content, variable }: DataRecord,
  { kind, exponent = 0, factor = 1 }: Quantity,
  offset: number,
): Value {
  if (kind === "date") return readDate(content);
  const found = readContent(dif & 0x0f, content, { variable, isUnsigned: kind === "bits" });
  if (found === null || "text" in found) return found?.text ?? null;
  const value = scaled(found.decimal, exponent);
  return factor === 1 && offset === 0 ? value : Number((value * factor + offset).toPrecision(DIGITS));
}

function joined(name: string, rest: string): string {
  return rest === "" ? name : `${name}_${rest}`;
}

function hex(code: number): string {
  return code.toString(16).padStart(2, "0");
}
