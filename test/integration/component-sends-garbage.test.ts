import t from "tap";
import { encode, encodeReading } from "../../src/message/index.ts";
import { Collector, isReading, startAgent } from "../support/agent.ts";
import { kill } from "../support/program.ts";
import { RawComponent, startExample } from "../support/raw-component.ts";

interface Refused {
  readonly refused: number;
}

t.test(
  "a component that sends garbage is counted, disturbs nobody, and is served when it makes sense again",
  async (t) => {
    const test = await startAgent({
      components: [
        { kind: "foreign", name: "weather" },
        { kind: "foreign", name: "mad" },
      ],
    });
    t.teardown(() => test.close());
    const seen = new Collector(test.client, ["telemetry/", "state/"]);
    const weather = startExample(test);
    t.teardown(() => kill(weather));
    await seen.first("a reading", isReading("weather"));
    await test.client.push("pi/weather", "rate", { interval: 0.05 });

    const { raw, said } = await RawComponent.attach(test, "mad", { mad: {} });
    t.teardown(() => raw.close());
    const epoch = said.message["epoch"] as number;
    const number = { epoch, seq: 2, time: 1, clock: "synced" };
    raw.reading("mad", epoch, 1);
    const garbage: Record<string, readonly (string | Buffer)[]> = {
      "one frame": ["hello"],
      "three frames": ["heartbeat", encode({}), "more"],
      "an empty message": [""],
      "an unknown verb": ["reboot", encode({})],
      "a verb that objects have by nature": ["constructor", encode({})],
      "a verb of 100 KB": [Buffer.alloc(100_000, 0x41), encode({})],
      "CBOR that is cut off": ["declare", Buffer.from("a16764", "hex")],
      "no map": ["declare", encode([1])],
      "devices as a list": ["declare", encode({ devices: [1] })],
      "a device that is no name": ["declare", encode({ devices: { "No Name": {} } })],
      "another's device": ["declare", encode({ devices: { weather: {} } })],
      "a metric of an unknown type": [
        "declare",
        encode({ devices: { mad: { metrics: { a: { type: "hue" } } } } }),
      ],
      "another's state": ["device", encode({ device: "weather", state: "failed", reason: "sabotage" })],
      "an unknown state": ["device", encode({ device: "mad", state: "happy" })],
      "the number of a reading that was there": [
        "telemetry/pi/mad/",
        encodeReading({ epoch, seq: 1, time: 1, clock: "synced", values: {} }),
      ],
      "a leap of years": [
        "telemetry/pi/mad/",
        encodeReading({ epoch, seq: 1e12, time: 1, clock: "synced", values: {} }),
      ],
      "another epoch": [
        "telemetry/pi/mad/",
        encodeReading({ epoch: epoch + 1, seq: 2, time: 1, clock: "synced", values: {} }),
      ],
      "a reading of another's": ["telemetry/pi/weather/", encode({ ...number, seq: 1_000, values: {} })],
      "a reading of nobody's": ["telemetry/pi/nobody/", encode({ ...number, values: {} })],
      "a reading of another shape": ["telemetry/pi/mad/", encode({ ...number, values: { a: { b: 1 } } })],
      "a reading with no values": ["telemetry/pi/mad/", encode(number)],
      "a reading of 70 KB": ["telemetry/pi/mad/", encode({ ...number, values: { a: "x".repeat(70_000) } })],
      "a reading with something behind": [
        "telemetry/pi/mad/",
        Buffer.concat([encode({ ...number, values: {} }), Buffer.from([0])]),
      ],
    };
    const before = (await test.client.query("status")) as Refused;
    for (const frames of Object.values(garbage)) void raw.send(...frames);
    // Taken in silence, for nobody can be harmed by them:
    raw.say("heartbeat", { counters: { mad: { a: "x" }, weather: { readings: -1 } } });
    raw.say("progress", { id: "unknown", state: "succeeded" });
    raw.say("log", { level: "loud", message: { not: "text" }, fields: [] });
    raw.reading("mad", epoch, 2);
    await seen.first("a good reading after all that", isReading("mad", 2));
    const after = (await test.client.query("status")) as Refused;
    t.equal(after.refused - before.refused, Object.keys(garbage).length, "each was counted");

    await t.test("10 MB at once cost it its connection, not the agent its memory", async (t) => {
      await raw.send("declare", Buffer.alloc(10_000_000));
      raw.close();
      const again = await RawComponent.attach(test, "mad", { mad: {} });
      t.same(again.said.message["streams"], { mad: { topic: "telemetry/pi/mad/", next: 3 } });
      again.raw.reading("mad", epoch, 3);
      await seen.first("a reading of the next", isReading("mad", 3));
      again.raw.close();
    });

    const readings = seen.telemetry("weather").map(({ seq }) => seq);
    const upTo = readings.at(-1) ?? 0;
    await seen.first("weather goes on", isReading("weather", upTo + 2));
    t.same(
      readings,
      readings.map((_, at) => at + 1),
      "the other device missed nothing",
    );
    t.same(
      seen.states("weather").map(({ state }) => state),
      ["online"],
      "and was never anything but online",
    );
    const status = (await test.client.query("status")) as { devices: Record<string, { counters: unknown }> };
    t.same(status.devices["weather"]?.counters, {}, "nobody's counters were written by another");
  },
);
