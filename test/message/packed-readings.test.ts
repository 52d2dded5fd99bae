import fc from "fast-check";
import t from "tap";
import { packReadings, unpackReadings } from "../../src/message/index.ts";

const topics = ["telemetry/pi/gps/", "telemetry/pi/air/"].map((topic) => Buffer.from(topic));

t.test("what is packed comes apart again, whatever its lengths", async () => {
  const lengths = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.constantFrom(23, 24, 255, 256, 65_535, 65_536),
  );
  const reading = fc.tuple(fc.constantFrom(...topics), lengths);
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 20 }), (readings) => {
      const pairs = readings.flatMap(([topic, length]) => [topic, Buffer.alloc(length, 0xa5)]);
      const again = unpackReadings(packReadings(pairs));
      return again.length === pairs.length && again.every((bytes, at) => bytes.equals(pairs[at] as Buffer));
    }),
  );
});

t.test("a topic that stays is written once", async (t) => {
  const [topic = Buffer.alloc(0)] = topics;
  const one = packReadings([topic, Buffer.alloc(50)]).length;
  t.equal(packReadings([topic, Buffer.alloc(50), topic, Buffer.alloc(50)]).length - one, 1 + 2 + 50);
});

t.test("what is cut off, or anything else, is refused, and never read beyond its end", async (t) => {
  const whole = packReadings([topics[0] as Buffer, Buffer.alloc(300), topics[1] as Buffer, Buffer.alloc(10)]);
  let whole1 = 0;
  for (let end = 1; end < whole.length; end++)
    try {
      unpackReadings(whole.subarray(0, end));
      whole1++;
    } catch (cause) {
      t.match(cause, { code: "message-invalid" });
    }
  t.equal(whole1, 1, "only after the first reading does it end well");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        return unpackReadings(Buffer.from(bytes)).length % 2 === 0;
      } catch (cause) {
        return (cause as { code?: string }).code === "message-invalid";
      }
    }),
  );
});
