import t from "tap";
import { a02yyuw } from "../../../devices/a02yyuw/driver.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

t.test("a tank's level, with an echo lost now and then", async (t) => {
  const settings = settingsOf(a02yyuw);
  const simulator = a02yyuw.simulate(settings, seeded(3));
  const session = a02yyuw.open(settings);
  const distances = Array.from({ length: 40 }, () => session.push(simulator.step().bytes)).flatMap((events) =>
    events.flatMap((event) => (event.type === "reading" ? [event.values["distance"]] : [])),
  );
  t.equal(distances.length, 119, "the first frame is cut");
  t.equal(distances.filter((distance) => distance === null).length, 5);
  for (const distance of distances)
    t.ok(distance === null || (Number(distance) >= 2_400 && Number(distance) <= 2_900));
  t.equal(simulator.receive(Buffer.of(1, 2)).length, 0);
});
