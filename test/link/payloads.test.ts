import { Decoder } from "cbor-x";
import fc from "fast-check";
import t from "tap";
import { Float32, readItem, writeItem, type Item } from "../../src/link/cbor.ts";
import {
  FROM_DEVICE,
  FROM_HOST,
  readDeviceMessage,
  readHostMessage,
  writeDeviceMessage,
  writeHostMessage,
  type HostMessage,
  type OwnMessage,
} from "../../src/link/index.ts";

const others = new Decoder({ mapsAsObjects: false });
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

t.test("what is written is the shortest form", async (t) => {
  const forms: readonly [Item, string][] = [
    [0, "00"],
    [23, "17"],
    [24, "1818"],
    [256, "190100"],
    [65_536, "1a00010000"],
    [0xffff_ffff, "1affffffff"],
    [-1, "20"],
    [-25, "3818"],
    [-0x8000_0000, "3a7fffffff"],
    [21.5, "fa41ac0000"],
    [new Float32(21.100000381469727), "fa41a8cccd"],
    [2 ** 33, "fa50000000"],
    ["ü", "62c3bc"],
    [null, "f6"],
    [[1, [true, false]], "820182f5f4"],
    [new Map([[0, "a"]]), "a1006161"],
  ];
  for (const [item, bytes] of forms) t.equal(writeItem(item).toString("hex"), bytes);
});

t.test("what is read is one item of the link's, in any form of its numbers", async (t) => {
  for (const bytes of ["05", "1805", "190005", "1a00000005", "1b0000000000000005"])
    t.equal(readItem(hex(bytes)), 5, bytes);
  for (const bytes of ["24", "3804", "3a00000004", "3b0000000000000004"])
    t.equal(readItem(hex(bytes)), -5, bytes);
  t.equal((readItem(hex("fa41a8cccd")) as Float32).value, 21.1);
  t.equal((readItem(hex("fa7fc00000")) as Float32).value, null);
  t.equal((readItem(hex("faff800000")) as Float32).value, null);
});

t.test("anything else is nothing", async (t) => {
  const wrong = {
    nothing: "",
    "two items": "0000",
    "cut off": "1901",
    "a text cut off": "63 6162",
    "an integer of more than 32 bits": "1b 00000001 00000000",
    "a negative one": "3b 00000001 00000000",
    bytes: "41 00",
    "a tag": "c1 00",
    "a half float": "f9 3c00",
    "a double": "fb 3ff0000000000000",
    undefined: "f7",
    "an array without a length": "9f 00 ff",
    "a map without a length": "bf 00 00 ff",
    "a text without a length": "7f 61 61 ff",
    "no UTF-8": "61 ff",
    "a key twice": "a2 00 01 00 02",
    "five arrays in one another": "81 81 81 81 81 00",
    "more than 255 items": "99 0100" + "00".repeat(256),
    reserved: "1c",
    "a simple value of two bytes": "f8 20",
  };
  for (const [what, bytes] of Object.entries(wrong)) t.equal(readItem(hex(bytes)), undefined, what);
});

t.test("floats are the shortest decimal that is the same float", async () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const { value: short } = new Float32(value);
      return (
        short !== null &&
        Math.fround(short) === Math.fround(value) &&
        String(short).length <= String(value).length
      );
    }),
  );
});

const key = fc.nat(0xffff_ffff);
const byte = fc.nat(255);
const count = fc.nat(0xffff);
const session = fc.integer({ min: 1, max: 0xffff });
const value = fc.oneof(
  fc.integer({ min: -0x8000_0000, max: 0xffff_ffff }),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
);
const values = fc
  .uniqueArray(fc.tuple(byte, value), { selector: ([at]) => at, maxLength: 8 })
  .map((all) => new Map(all));
const results = fc
  .uniqueArray(fc.tuple(fc.string(), value), { selector: ([name]) => name, maxLength: 5 })
  .map((all) => new Map(all));

const hostMessages: fc.Arbitrary<HostMessage> = fc.oneof(
  fc.record({ type: fc.constant("hello" as const), version: byte, session, timeoutMs: key }),
  fc.record({ type: fc.constant("ping" as const), session, token: key, timeoutMs: key }),
  fc.record({ type: fc.constant("ask" as const), item: key }),
  fc.record({ type: fc.constant("call" as const), key, command: byte, args: values }),
  fc.record({ type: fc.constant("cancel" as const), key }),
  fc.record({ type: fc.constant("ack" as const), bits: byte }),
  fc.record({
    type: fc.constant("time" as const),
    seconds: key,
    milliseconds: fc.nat(999),
    synced: fc.boolean(),
  }),
);

const deviceMessages: fc.Arbitrary<OwnMessage> = fc.oneof(
  fc.record({ type: fc.constant("ack" as const), bits: byte }),
  fc.record({ type: fc.constant("boot" as const), version: byte }),
  fc.record({
    type: fc.constant("welcome" as const),
    version: fc.constant(1),
    session,
    first: byte,
    maxFrameBytes: fc.integer({ min: 32, max: 255 }),
    window: fc.integer({ min: 1, max: 8 }),
    items: byte,
    capabilities: byte,
    name: fc.string(),
    firmware: fc.string(),
  }),
  fc.record({
    type: fc.constant("pong" as const),
    session,
    token: key,
    badFrames: count,
    retransmits: count,
    dropped: count,
  }),
  fc.record({ type: fc.constant("item" as const), item: byte, fields: fc.array(value, { maxLength: 9 }) }),
  fc.record({ type: fc.constant("reading" as const), values }),
  fc.record({ type: fc.constant("outcome" as const), key, ok: fc.constant(true as const), result: results }),
  fc.record({
    type: fc.constant("outcome" as const),
    key,
    ok: fc.constant(false as const),
    reason: fc.string(),
  }),
  fc.record({ type: fc.constant("log" as const), text: fc.string() }),
);

t.test("every message is read as it was written, and is CBOR as others read it", async (t) => {
  fc.assert(
    fc.property(hostMessages, (message) => {
      const content = writeHostMessage(message);
      t.strictSame(readHostMessage(content), { ...message });
      others.decode(content.payload);
    }),
  );
  fc.assert(
    fc.property(deviceMessages, (message) => {
      const content = writeDeviceMessage(message);
      t.strictSame(readDeviceMessage(content), { ...message });
      others.decode(content.payload);
    }),
  );
});

t.test("more items at the end are a later version's; fewer, or others, are none", async (t) => {
  const pong = FROM_DEVICE.pong;
  const read = (kind: number, payload: string): unknown => readDeviceMessage({ kind, payload: hex(payload) });
  t.match(read(pong, "86 01 02 03 04 05 8101"), { type: "pong", dropped: 5 });
  t.equal(read(pong, "84 01 02 03 04"), "unparsable");
  t.equal(read(pong, "85 00 02 03 04 05"), "unparsable", "session 0");
  t.equal(read(pong, "85 01 02 20 04 05"), "unparsable", "a negative count");
  t.equal(read(pong, "85 fa3f800000 02 03 04 05"), "unparsable", "a float for an integer");
  t.equal(read(FROM_DEVICE.reading, "a1 20 00"), "unparsable", "a negative metric");
  t.equal(read(FROM_DEVICE.reading, "a1 00 80"), "unparsable", "an array for a value");
  t.equal(read(FROM_DEVICE.outcome, "83 01 f5 6161"), "unparsable");
  t.equal(read(FROM_DEVICE.outcome, "83 01 f4 a0"), "unparsable");
  t.same(read(FROM_DEVICE.welcome, "82 02 01"), { type: "stranger", version: 2 });
  t.equal(read(0x1e, "80"), "unsupported");
  t.equal(readHostMessage({ kind: FROM_HOST.call, payload: hex("83 01 00 a1 00 a0") }), "unparsable");
});

t.test("anything at all is read without a throw", async () => {
  const kinds = fc.constantFrom(...Object.values(FROM_DEVICE), ...Object.values(FROM_HOST), 0x7f);
  fc.assert(
    fc.property(kinds, fc.uint8Array({ maxLength: 60 }), (kind, payload) => {
      readDeviceMessage({ kind, payload: Buffer.from(payload) });
      readHostMessage({ kind, payload: Buffer.from(payload) });
      return true;
    }),
    { numRuns: 2_000 },
  );
});
