import t from "tap";
import { rfxcom } from "../../../devices/rfxcom/driver.ts";
import { PacketScanner, type PacketItem } from "../../../devices/rfxcom/scanner.ts";
import type { Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const CLIMATE = hex("0a 52 01 05 a401 00bc 2d 02 59");
const SWITCH = hex("0b 11 00 0c 00c14253 03 01 00 70");
const OWL = hex("11 5a 02 0f b606 00 00000172 000000672897 79");
/** With a weak signal and a battery that is not full: its last byte could be a length. */
const WEAK = hex("08 50 05 06 5102 00bc 08");

const found = (items: readonly PacketItem[]): string[] =>
  items.map((item) => (item.type === "packet" ? item.bytes.toString("hex") : `${item.reason} ${item.bytes}`));

t.test("a packet cut off anywhere gives no packet, and the next one does", async (t) => {
  for (const whole of [CLIMATE, SWITCH, OWL])
    for (const next of [CLIMATE, SWITCH, OWL])
      for (let cut = 1; cut < whole.length; cut++) {
        const scanner = new PacketScanner();
        const items = scanner.push(Buffer.concat([whole.subarray(0, cut), next, CLIMATE]));
        const packets = items.filter(({ type }) => type === "packet");
        t.same(found(packets), found([next, CLIMATE].map((bytes) => ({ type: "packet", bytes }))), `${cut}`);
      }
});

t.test("a lost byte costs that packet only", async (t) => {
  for (let lost = 0; lost < OWL.length; lost++) {
    const bytes = Buffer.concat([OWL.subarray(0, lost), OWL.subarray(lost + 1), CLIMATE, SWITCH]);
    const packets = new PacketScanner().push(bytes).filter(({ type }) => type === "packet");
    t.same(found(packets), [CLIMATE.toString("hex"), SWITCH.toString("hex")], `byte ${lost}`);
  }
});

t.test("what could be the beginning of another one is waited for until there is a pause", async (t) => {
  const scanner = new PacketScanner();
  t.same(scanner.push(WEAK), []);
  t.equal(scanner.pending, WEAK.length);
  t.same(found(scanner.settle()), [WEAK.toString("hex")]);
  t.equal(scanner.pending, 0);
  t.same(scanner.push(WEAK), []);
  t.same(found(scanner.push(CLIMATE)), [WEAK.toString("hex"), CLIMATE.toString("hex")]);
});

t.test("what is there of a packet when there is a pause was cut off", async (t) => {
  const scanner = new PacketScanner();
  t.same(scanner.push(CLIMATE.subarray(0, 6)), []);
  t.same(found(scanner.settle()), ["noise 6"]);
  t.same(found(scanner.push(SWITCH)), [SWITCH.toString("hex")]);
});

t.test("noise that promises a long packet holds up what comes in it, and does not hide it", async (t) => {
  const noise = hex("ff 62 01");
  const scanner = new PacketScanner();
  t.same(scanner.push(Buffer.concat([noise, CLIMATE, SWITCH])), []);
  t.same(found(scanner.settle()), ["noise 3", CLIMATE.toString("hex"), SWITCH.toString("hex")], "a pause");
  const busy = Buffer.concat([noise, ...Array.from({ length: 30 }, () => CLIMATE)]);
  const items = found(scanner.push(busy));
  t.equal(items[0], "truncated 3", "the line goes on");
  t.same(items.slice(1), Array(30).fill(CLIMATE.toString("hex")));
});

t.test(
  "fuzz: a whole packet inside of one that turns out to be none gives the same in any chunks",
  async (t) => {
    const bytes = hex("115a020f0280bc590850050751028000590d010003590b060000017f590fb6");
    const whole = found(new PacketScanner().push(bytes));
    const scanner = new PacketScanner();
    const byByte = [...bytes].flatMap((byte) => found(scanner.push(Uint8Array.of(byte))));
    t.same(byByte, whole);
    t.ok(whole.includes("085005075102800059"));
  },
);

t.test("the session knows a pause by two ticks without a byte", async (t) => {
  const session: Session = rfxcom.open(settingsOf(rfxcom));
  session.push(WEAK.subarray(0, 4));
  t.same(session.wake?.(), [{ type: "wake", afterMs: 100 }]);
  t.same(session.push(WEAK.subarray(4)), [], "it went on");
  t.same(session.wake?.(), [{ type: "wake", afterMs: 100 }]);
  t.match(session.wake?.(), [{ type: "wake" }, { type: "reading", values: { temperature: 18.8, rssi: 0 } }]);
  t.same(session.wake?.(), [{ type: "wake", afterMs: 100 }]);
});

t.test("bytes that cannot stand where they stand make no packet", async (t) => {
  for (const [what, bytes] of [
    ["a length that its type has not", hex("09 52 01 05 a401 00bc 2d 02")],
    ["a subtype that is not known", hex("0a 52 ff 05 a401 00bc 2d 02 59")],
    ["180 Cel", hex("0a 52 01 05 a401 0708 2d 02 59")],
    ["101 %", hex("0a 52 01 05 a401 00bc 65 02 59")],
    ["battery 10 of 9", hex("0a 52 01 05 a401 00bc 2d 02 5a")],
    ["house code Q", hex("07 10 00 0d 51 05 01 70")],
    ["an id of more than 26 bits", hex("0b 11 00 0c 04c14253 03 01 00 70")],
    ["a result that there is not", hex("04 02 01 00 04")],
    ["packets to the transceiver", hex("0d 00 00 00 02 00 00 00 00 00 00 00 00 00")],
  ] as const) {
    const scanner = new PacketScanner();
    t.same(found([...scanner.push(bytes), ...scanner.settle()]), [`noise ${bytes.length}`], what);
  }
});
