import t from "tap";
import { DunlinError } from "../../src/base/index.ts";
import { next, type DeviceCondition, type DeviceEvent } from "../../src/device/device-state.ts";

function play(...events: DeviceEvent[]): DeviceCondition {
  return events.reduce<DeviceCondition>((condition, event) => next(condition, event), { state: "starting" });
}

const silence = { type: "silence", silenceMs: 5_000 } as const;
const gibberish = { type: "gibberish", baudRate: 4_800 } as const;
const missing = { type: "port-down", error: new DunlinError("port-missing", "gone") } as const;
const busy = { type: "port-down", error: new DunlinError("port-busy", "ModemManager has it") } as const;

t.test("a device is online by its bytes, and silent without", async (t) => {
  t.same(play({ type: "port-open" }), { state: "starting" });
  t.same(play({ type: "port-open" }, { type: "bytes" }), { state: "online" });
  t.same(play({ type: "bytes" }, silence), { state: "silent", reason: "no bytes for 5 s" });
  t.same(play({ type: "bytes" }, silence, { type: "bytes" }), { state: "online" });
  t.match(play(silence), { state: "silent" }, "also if none ever came");
});

t.test(
  "a port that is missing is unplugged, one that cannot be had is failed, each with its reason",
  async (t) => {
    t.same(play({ type: "bytes" }, missing), { state: "unplugged", code: "port-missing", reason: "gone" });
    t.same(play(busy), { state: "failed", code: "port-busy", reason: "ModemManager has it" });
    t.match(play(missing, silence), { state: "unplugged" }, "silence adds nothing to that");
    t.same(play(missing, { type: "port-open" }), { state: "starting" });
  },
);

t.test("bytes that make no reading are online with a reason, until one does", async (t) => {
  t.match(play({ type: "bytes" }, gibberish), { state: "online", reason: /baudRate 4800/ });
  t.same(play({ type: "bytes" }, gibberish, { type: "sense" }), { state: "online" });
});
