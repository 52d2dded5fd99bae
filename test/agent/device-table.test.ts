import t from "tap";
import { DeviceTable } from "../../src/agent/device-table.ts";

t.test("of a declaration with one bad device nothing is taken", async (t) => {
  const devices = new DeviceTable(() => {});
  devices.declare({ air: {} }, "first", 0);
  t.throws(() => devices.declare({ rain: {}, air: {} }, "second", 0), { code: "component-refused" });
  t.throws(() => devices.declare({ rain: {}, "Not A Name": {} }, "second", 0), { code: "message-invalid" });
  t.throws(
    () => devices.declare({ rain: {}, wind: { metrics: { speed: { type: "colour" } } } }, "second", 0),
    {
      code: "message-invalid",
      message: /metric speed/,
    },
  );
  t.same(devices.names(), ["air"]);
});
