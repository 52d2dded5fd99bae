import { pms5003 } from "../../../devices/pms5003/driver.ts";
import { ORDERS, writeOrder, type OrderName } from "../../../devices/pms5003/protocol.ts";
import type { Values } from "../../../src/message/index.ts";
import type { Capture } from "../captures.ts";
import { settingsOf } from "../settings.ts";

/** Their names for our metrics; the others are the same or unknown. */
const NAMES: Readonly<Record<string, string>> = {
  pm1_atm: "pm1",
  pm2_5_atm: "pm2_5",
  pm10_atm: "pm10",
  n0_3: "particles_0_3",
  n0_5: "particles_0_5",
  n1_0: "particles_1_0",
  n2_5: "particles_2_5",
  n5_0: "particles_5_0",
  n10_0: "particles_10",
  error_code: "error",
};

/** The readings of a recording of frames, and what they must be. */
export function readings({ bytes, expected }: Capture): {
  readonly found: readonly Values[];
  readonly wanted: readonly Values[];
} {
  const found = pms5003
    .open(settingsOf(pms5003))
    .push(bytes)
    .flatMap((event) => (event.type === "reading" ? [event.values] : []));
  const frames = (expected["frames"] ?? []) as readonly { readonly fields: Values }[];
  const accepted = (expected["accepted_frames"] ?? frames.map(({ fields }) => fields)) as readonly Values[];
  const wanted = accepted.map((fields) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [NAMES[name] ?? name, value])),
  );
  return { found, wanted };
}

/** The commands of the recording by our names, and how we write them. */
export function commands({ expected }: Capture): {
  readonly found: Readonly<Record<string, string>>;
  readonly wanted: Readonly<Record<string, string>>;
} {
  const published = (expected["commands"] ?? []) as readonly {
    readonly name: string;
    readonly hex: string;
  }[];
  const wanted = published.map(({ name, hex }) => [
    name === "passive read" ? "read" : name.replace(" mode", ""),
    hex,
  ]);
  const names = Object.keys(ORDERS) as OrderName[];
  return {
    wanted: Object.fromEntries(wanted) as Record<string, string>,
    found: Object.fromEntries(names.map((name) => [name, writeOrder(name).toString("hex")])),
  };
}
