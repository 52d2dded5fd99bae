import t from "tap";
import {
  checkName,
  commandTopic,
  parseTopic,
  stateTopic,
  subscriptionPrefix,
  telemetryTopic,
} from "../../src/message/index.ts";

t.test("topics are made and read back", async (t) => {
  t.same(parseTopic(telemetryTopic("pi", "gps")), { kind: "telemetry", agent: "pi", device: "gps" });
  t.same(parseTopic(stateTopic("pi")), { kind: "state", agent: "pi" });
  t.same(parseTopic(stateTopic("pi", "gps")), { kind: "state", agent: "pi", device: "gps" });
  t.same(parseTopic(commandTopic("pi", "01-a")), { kind: "command", agent: "pi", id: "01-a" });
});

t.test("what is no topic is none", async (t) => {
  const wrong = [
    "",
    "telemetry/",
    "telemetry/pi/",
    "telemetry/pi/gps",
    "telemetry/pi/gps/x/",
    "telemetry/PI/gps/",
    "state//",
    "other/pi/gps/",
    "state/pi/gps//",
  ];
  for (const topic of wrong) t.equal(parseTopic(topic), undefined, topic);
});

t.test("one agent's prefix does not match another that begins alike", async (t) => {
  t.notOk(telemetryTopic("pi-10", "gps").startsWith(subscriptionPrefix("pi-1")));
  t.ok(telemetryTopic("pi-1", "gps").startsWith(subscriptionPrefix("pi-1")));
});

t.test("what people write as a subscription", async (t) => {
  t.equal(subscriptionPrefix(""), "telemetry/");
  t.equal(subscriptionPrefix("pi"), "telemetry/pi/");
  t.equal(subscriptionPrefix("pi/gps"), "telemetry/pi/gps/");
  t.equal(subscriptionPrefix("state"), "state/");
  t.equal(subscriptionPrefix("state/pi/"), "state/pi/");
  t.throws(() => subscriptionPrefix("pi/gps/lat"), { code: "arguments-invalid" });
  t.throws(() => subscriptionPrefix("PI"), { code: "arguments-invalid" });
});

t.test("names", async (t) => {
  t.equal(checkName("plant-7.a_b", "agent"), "plant-7.a_b");
  for (const wrong of ["", "-a", "A", "ä", "a/b", "a".repeat(64)])
    t.throws(() => checkName(wrong, "agent"), { code: "arguments-invalid" }, wrong);
});
