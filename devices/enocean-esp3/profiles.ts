import type { Metrics, Value, Values } from "../../src/message/index.ts";
import { DECODERS } from "./decoders.ts";
import { bitsOf, readField, setBits } from "./fields.ts";
import { VALUE_METRICS, type MetricName } from "./metrics.table.ts";
import { FIELDS } from "./profiles.table.ts";
import { hexByte, RORG, type Telegram } from "./telegram.ts";

export const PROFILES: readonly string[] = [...Object.keys(FIELDS), ...Object.keys(DECODERS)].toSorted();

/** The only profile of one byte that there is, so that it needs no setting. */
export const CONTACT = "D5-00-01";

/** In one byte bit 3, and in four bytes bit 3 of the last, is 0 when a sender wants to be learnt. EEP, 1BS and 4BS teach-in. */
const LEARN_BIT: Readonly<Record<number, number>> = { [RORG.oneByte]: 4, [RORG.fourBytes]: 28 };

export function metricsOf(profile: string): Metrics {
  const names: readonly MetricName[] =
    DECODERS[profile]?.metrics ?? (FIELDS[profile] ?? []).map(({ metric }) => metric);
  return Object.fromEntries(names.map((name) => [name, VALUE_METRICS[name]]));
}

export function isLearn({ rorg, payload }: Telegram): boolean {
  if (rorg === RORG.universalTeachIn) return true;
  const bit = LEARN_BIT[rorg];
  return bit !== undefined && bitsOf(payload, bit, 1) === 0;
}

/** @returns undefined if the telegram is none of this profile */
export function valuesOf(profile: string, telegram: Telegram): Values | undefined {
  if (!profile.startsWith(hexByte(telegram.rorg))) return undefined;
  const decoder = DECODERS[profile];
  if (decoder) return decoder.decode(telegram);
  const values: Record<string, Value> = {};
  // Of two fields of one metric the one that applies counts.
  for (const field of FIELDS[profile] ?? [])
    values[field.metric] = readField(field, telegram.payload) ?? values[field.metric] ?? null;
  return values;
}

/** What a sender tells of itself when it wants to be learnt; many tell nothing. EEP, 4BS teach-in variation 3 and universal teach-in. */
export function learntOf({ rorg, payload }: Telegram): Values {
  if (rorg === RORG.universalTeachIn) {
    const [, , low = 0, high = 0, type = 0, func = 0, kind = 0] = payload;
    return { learn_profile: profileText(kind, func, type), manufacturer: ((high & 7) << 8) | low };
  }
  if (rorg !== RORG.fourBytes || bitsOf(payload, 24, 1) === 0) return {};
  return {
    learn_profile: profileText(rorg, bitsOf(payload, 0, 6), bitsOf(payload, 6, 7)),
    manufacturer: bitsOf(payload, 13, 11),
  };
}

function profileText(...numbers: readonly number[]): string {
  return numbers.map((number) => hexByte(number)).join("-");
}

/** A telegram's payload and status as a sender with this profile may send them. @param random uniform in [0, 1) */
export function typicalOf(
  profile: string,
  random: () => number,
): { readonly rorg: number; readonly payload: Buffer; readonly status: number } {
  const rorg = Number.parseInt(profile.slice(0, 2), 16);
  const decoder = DECODERS[profile];
  if (decoder) {
    const { payload, status } = decoder.example;
    return { rorg, payload: Buffer.from(payload, "hex"), status };
  }
  const payload = Buffer.alloc(rorg === RORG.fourBytes ? 4 : 1);
  for (const field of FIELDS[profile] ?? []) {
    if (field.if) setBits(payload, field.if.bit, 1, field.if.is);
    setBits(payload, field.bit, field.bits, field.typical(random()));
  }
  const learn = LEARN_BIT[rorg];
  if (learn !== undefined) setBits(payload, learn, 1, 1);
  return { rorg, payload, status: 0 };
}
