import t from "tap";
import { maxbotix } from "../../../devices/maxbotix/driver.ts";
import { FAMILIES, type FamilyName } from "../../../devices/maxbotix/protocol.ts";
import { capturesOf } from "../captures.ts";
import { settingsOf } from "../settings.ts";

interface Accepted {
  readonly raw: string;
  readonly value: number;
}

/** Recordings have lines of all families, and do not say of which; a model takes those with as many digits as it has. */
const NUMBER_OF_DIGITS: Readonly<Record<FamilyName, number>> = { lv: 3, xl: 3, xl10: 4, hr: 4, hr10: 4 };

for (const { name, bytes, expected } of capturesOf("maxbotix")) {
  const accepted = expected["accepted"] as readonly Accepted[];
  for (const model of Object.keys(FAMILIES) as FamilyName[])
    t.test(`maxbotix ${name}: as ${model}`, async (t) => {
      const { stepMm, most, none } = FAMILIES[model];
      const nothing = [0, most, ...none];
      const wanted = accepted
        .filter(({ raw }) => /\d+/.exec(raw)?.[0].length === NUMBER_OF_DIGITS[model])
        .filter(({ value }) => value <= most || nothing.includes(value))
        .map(({ value }) => (nothing.includes(value) ? null : Math.round(value * stepMm * 10) / 10));
      const events = maxbotix.open(settingsOf(maxbotix, { model })).push(bytes);
      const found = events.flatMap((event) => (event.type === "reading" ? [event.values["distance"]] : []));
      t.same(found, wanted);
    });
  t.test(`maxbotix ${name}: each line that is one has a model`, async (t) => {
    t.not(accepted.length, 0);
    for (const { raw } of accepted) {
      const readings = (Object.keys(FAMILIES) as FamilyName[]).flatMap((model) =>
        maxbotix.open(settingsOf(maxbotix, { model })).push(Buffer.from(`${raw}\r`)),
      );
      t.ok(
        readings.some(({ type }) => type === "reading"),
        raw,
      );
    }
  });
}
