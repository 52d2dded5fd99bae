import t from "tap";
import { rflink } from "../../../devices/rflink/driver.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const open = (): Session => rflink.open(settingsOf(rflink));
const line = (text: string): Buffer => Buffer.from(`20;2D;${text}\r\n`, "latin1");
const LINE = line("Cresta;ID=3001;TEMP=00b4;HUM=50;BAT=OK;");
const PING = { type: "write", bytes: Buffer.from("10;PING;\r\n") };

const readings = (events: readonly DriverEvent[]): object[] =>
  events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
const reading = (text: string): object | undefined => readings(open().push(line(text)))[0];

t.test("values by their labels", async (t) => {
  for (const [fields, values] of [
    ["TEMP=8000;", { temperature: 0 }],
    ["TEMP=ffff;", { temperature: null }],
    ["TEMP=b0;", { temperature: 17.6 }],
    ["WINDIR=0015;", { wind_direction: 337.5 }],
    ["WINDIR=0016;", { wind_direction: null }],
    ["LUX=ffff;", { illuminance: 65_535 }],
    ["CO2=1234;SOUND=12;", { co2: 1_234, sound: 12 }],
    ["WATT=0100;KWATT=0010;VOLT=230;", { power: 256, kilowatts: 16, voltage: 230 }],
    ["CURRENT=1;CURRENT2=2;CURRENT3=3;", { current: 1, current_2: 2, current_3: 3 }],
    ["DIST=120;METER=4711;", { distance: 120, meter: 4_711 }],
    ["HSTATUS=9;BFORECAST=0;", { humidity_status: null, forecast: "none" }],
    ["RAINRATE=000a;", { rain_rate: 1 }],
    ["CMD=ALLOFF;SET_LEVEL=7;", { command: "ALLOFF", level: 7 }],
    ["NEW=1;", { payload: "ID=1;NEW=1" }],
  ] as const)
    t.match(
      reading(`Any;ID=1;${fields}`),
      { protocol: "Any", sender: "1", sequence: 0x2d, ...values },
      fields,
    );
});

t.test("what is no whole line of a sender is no reading", async (t) => {
  for (const text of [
    "Cresta;ID=3001;TEMP=00b4",
    "Cresta;ID=3001;TEMP=00b4;HU",
    "Cresta;ID=3001;TEMP=00b4;HU;",
    "Cresta;ID=3001;TEMP=00bx;",
    "Cresta;ID=3001;TEMP=;",
    "Cresta;ID=3001;TEMP=123456;",
    "Cresta;ID=3001;HUM=5a;",
    "Cresta;ID=;TEMP=00b4;",
    "Cresta;ID=3001;BAT=MAYBE;",
    "Cresta;ID=3001;CMD=SET_LEVEL=x;",
    "Cresta;ID=3001;temp=00b4;",
    "Cresta;ID=3001;TEMP=00\u00e94;",
    "VER=1.1;ID=3001;",
  ])
    t.match(open().push(line(text)), [{ type: "discard", reason: "unparsable" }], text);
});

t.test("a line cut off anywhere, with the next one behind it, gives no reading", async (t) => {
  const whole = LINE.subarray(0, -2);
  for (let cut = 1; cut < whole.length; cut++)
    t.same(readings(open().push(Buffer.concat([whole.subarray(0, cut), LINE]))), [], `cut at ${cut}`);
  t.equal(readings(open().push(Buffer.concat([whole.subarray(0, 9), Buffer.from("\r\n"), LINE]))).length, 1);
});

t.test("what the gateway says of itself", async (t) => {
  const session = open();
  t.same(session.push(Buffer.from("20;00;Nodo RadioFrequencyLink - RFLink Gateway V1.1 - R46;\r\n")), [
    { type: "log", text: "Nodo RadioFrequencyLink - RFLink Gateway V1.1 - R46" },
  ]);
  t.same(session.push(line("PONG;")), [{ type: "sense" }]);
  t.match(session.push(line("DEBUG;Pulses=3;Pulses(uSec)=380,320,710;")), [{ reason: "unsupported" }]);
  t.match(session.push(Buffer.from("11;20;0B;NewKaku;ID=000005;SWITCH=2;CMD=ON;\r\n")), [
    { reason: "unsupported" },
  ]);
  t.match(session.push(Buffer.alloc(2_049, "a")), []);
  t.match(session.push(Buffer.from("\n")), [{ bytes: 2_049, reason: "too-long" }]);
});

t.test("it asks once a minute whether the gateway is there", async (t) => {
  const session = open();
  t.same(session.start?.(), [{ type: "wake", afterMs: 10_000 }]);
  t.same(session.wake?.(), [{ type: "wake", afterMs: 5_000 }, PING]);
  t.same(session.push(line("PONG;")), [{ type: "sense" }, { type: "wake", afterMs: 60_000 }]);
  t.same(session.wake?.(), [{ type: "wake", afterMs: 5_000 }, PING]);
  t.same(session.wake?.(), [{ type: "wake", afterMs: 60_000 }], "no answer");
});

t.test("a command ends by its own answer; one at a time", async (t) => {
  const session = open();
  const args = { protocol: "NewKaku", sender: "00c142", switch: "1", command: "ON" };
  t.match(session.run?.({ id: "1", name: "transmit", args }), [
    { type: "wake" },
    { type: "write", bytes: Buffer.from("10;NewKaku;00c142;1;ON;\r\n") },
  ]);
  t.same(session.run?.({ id: "2", name: "version", args: {} }), []);
  t.match(readings(session.push(LINE)), [{ temperature: 18 }], "readings come in between");
  t.match(session.push(line("OK;")), [
    { type: "sense" },
    { type: "outcome", call: "1", outcome: { ok: true } },
    { type: "wake" },
    { type: "write", bytes: Buffer.from("10;VERSION;\r\n") },
  ]);
  t.same(session.push(line("OK;")), [{ type: "sense" }], "no answer to this");
  t.match(session.push(line("VER=1.1;REV=48;BUILD=07;")), [
    {},
    { call: "2", outcome: { ok: true, result: { version: "1.1", revision: "48", build: "07" } } },
    { type: "wake", afterMs: 60_000 },
  ]);
  session.run?.({ id: "3", name: "status", args: {} });
  t.match(session.push(line("STATUS;setRF433=ON;setGPIO=OFF;")), [
    {},
    { call: "3", outcome: { ok: true, result: { receivers: "setRF433=ON;setGPIO=OFF" } } },
    {},
  ]);
});

t.test("without a switch or a command they are left out; any line can be sent", async (t) => {
  t.match(open().run?.({ id: "1", name: "transmit", args: { protocol: "Selectplus", sender: "001c33" } }), [
    {},
    { bytes: Buffer.from("10;Selectplus;001c33;\r\n") },
  ]);
  const session = open();
  t.match(session.run?.({ id: "1", name: "send", args: { line: "RFDEBUG=ON;" } }), [
    {},
    { bytes: Buffer.from("10;RFDEBUG=ON;\r\n") },
  ]);
  t.match(session.push(line("DEBUG;Pulses=3;")), [{ type: "discard" }], "no answer");
  t.match(session.push(line("RFDEBUG=ON;")), [
    {},
    { outcome: { ok: true, result: { answer: "RFDEBUG=ON" } } },
    {},
  ]);
});

t.test("a command fails by what the gateway says, or if it says nothing", async (t) => {
  const args = { protocol: "Nothing", sender: "1" };
  const session = open();
  session.run?.({ id: "1", name: "transmit", args });
  t.match(session.push(line("CMD UNKNOWN;")), [
    {},
    { call: "1", outcome: { ok: false, reason: /not know/ } },
    {},
  ]);
  session.run?.({ id: "2", name: "transmit", args });
  t.match(session.wake?.(), [{ call: "2", outcome: { ok: false, reason: /does not answer/ } }, {}]);
  for (const bad of [
    { protocol: "a;b", sender: "1" },
    { protocol: "a", sender: "1\n2" },
  ])
    t.match(open().run?.({ id: "3", name: "transmit", args: bad }), [
      { outcome: { ok: false, reason: /printable/ } },
    ]);
  t.match(open().run?.({ id: "3", name: "send", args: { line: "a\r\nb" } }), [{ outcome: { ok: false } }]);
});

t.test("after a cancel the answer is still that of the cancelled request", async (t) => {
  const session = open();
  session.run?.({ id: "1", name: "ping", args: {} });
  session.run?.({ id: "2", name: "ping", args: {} });
  session.run?.({ id: "3", name: "ping", args: {} });
  session.cancel?.("1");
  session.cancel?.("3");
  t.same(session.push(line("PONG;")), [{ type: "sense" }, { type: "wake", afterMs: 5_000 }, PING]);
  t.match(session.push(line("PONG;")), [
    {},
    { call: "2", outcome: { ok: true } },
    { type: "wake", afterMs: 60_000 },
  ]);
});
