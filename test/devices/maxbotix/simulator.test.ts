import t from "tap";
import { maxbotix } from "../../../devices/maxbotix/driver.ts";
import { FAMILIES } from "../../../devices/maxbotix/protocol.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

for (const model of Object.keys(FAMILIES))
  t.test(`${model}: a river's level, with nothing within reach now and then`, async (t) => {
    const settings = settingsOf(maxbotix, { model });
    const simulator = maxbotix.simulate(settings, seeded(3));
    const session = maxbotix.open(settings);
    const events = Array.from({ length: 37 }, () => session.push(simulator.step().bytes)).flat();
    const distances = events.flatMap((event) => (event.type === "reading" ? [event.values["distance"]] : []));
    t.equal(distances.length, 36, "the first line is cut");
    t.equal(distances.filter((distance) => distance === null).length, 4);
    for (const distance of distances)
      t.ok(distance === null || (Number(distance) >= 1_180 && Number(distance) <= 2_420), String(distance));
    t.equal(simulator.receive(Buffer.of(1, 2)).length, 0);
  });
