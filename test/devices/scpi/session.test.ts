import t from "tap";
import { scpi } from "../../../devices/scpi/driver.ts";
import type { Call, DriverEvent, Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const IDENTITY = "Dunlin,TEST1,7,1.0";
const NO_ERROR = '+0,"No error"';
const BAD = '-113,"Undefined header"';
const VOLTAGE = { metric: "voltage", query: "MEAS:VOLT?", unit: "V" };
const WRITE: Call = { id: "1", name: "write", args: { text: "VOLT 5" } };
const QUERY: Call = { id: "1", name: "query", args: { text: "VOLT?" } };
/** 3 s. */
const TIMEOUT_TICKS = 30;

/** An instrument at whose wire the test sits. */
class Bench {
  readonly session: Session;
  readonly events: DriverEvent[] = [];

  constructor(settings: object = {}) {
    this.session = scpi.open(settingsOf(scpi, { queries: [VOLTAGE], ...settings }));
    this.#take(this.session.start?.());
  }

  /** @returns what the driver has written since the last time */
  wrote(): string[] {
    const written = this.events.flatMap((event) =>
      event.type === "write" ? [Buffer.from(event.bytes).toString().trimEnd()] : [],
    );
    this.#drop("write");
    return written;
  }

  readings(): object[] {
    const values = this.events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
    this.#drop("reading");
    return values;
  }

  outcomes(): object[] {
    return this.events.flatMap((event) => (event.type === "outcome" ? [event.outcome] : []));
  }

  logs(): string[] {
    return this.events.flatMap((event) => (event.type === "log" ? [event.text] : []));
  }

  discards(): string[] {
    return this.events.flatMap((event) => (event.type === "discard" ? [event.reason] : []));
  }

  say(line: string): this {
    this.#take(this.session.push(Buffer.from(`${line}\r\n`)));
    return this;
  }

  wait(ticks = 1): this {
    for (let tick = 0; tick < ticks; tick++) this.#take(this.session.wake?.());
    return this;
  }

  /** Waits for the next poll. @returns what is asked */
  polled(): string[] {
    let written: string[] = [];
    for (let tick = 0; tick < 20 && written.length === 0; tick++) written = this.wait().wrote();
    return written;
  }

  run(call: Call): this {
    this.#take(this.session.run?.(call));
    return this;
  }

  /** Identified, without errors, and idle: the first poll is answered. */
  begun(): this {
    this.say(IDENTITY).wait().say(NO_ERROR).wait().say("1.0").wait();
    this.wrote();
    this.readings();
    return this;
  }

  #take(events: readonly DriverEvent[] | undefined): void {
    this.events.push(...(events ?? []).filter(({ type }) => type !== "wake"));
  }

  #drop(type: DriverEvent["type"]): void {
    const left = this.events.filter((event) => event.type !== type);
    this.events.splice(0, this.events.length, ...left);
  }
}

t.test("setup, *IDN?, the errors of before, and then the queries", async (t) => {
  const bench = new Bench({ setup: ["SYST:REM"] });
  t.same(bench.wrote(), ["SYST:REM", "*IDN?"]);
  bench.say(IDENTITY);
  t.same(bench.readings(), [{ manufacturer: "Dunlin", model: "TEST1", serial_number: "7", firmware: "1.0" }]);
  t.same(bench.wrote(), [], "not in the same tick as an answer");
  t.same(bench.wait().wrote(), ["SYST:ERR?"]);
  t.same(bench.say(BAD).wrote(), ["SYST:ERR?"]);
  bench.say(NO_ERROR);
  t.same(bench.logs(), ["the instrument says -113: Undefined header"]);
  t.same(bench.wait().wrote(), ["MEAS:VOLT?"]);
  t.same(bench.say("+1.234567E+00").readings(), [{ voltage: 1.234567 }]);
});

t.test("each query at its own interval", async (t) => {
  const queries = [
    { metric: "fast", query: "FAST?", intervalMs: 200 },
    { metric: "slow", query: "SLOW?", intervalMs: 1_000 },
  ];
  const bench = new Bench({ queries, identify: false, errorQuery: "" });
  const asked: string[] = [];
  for (let tick = 0; tick < 20; tick++) {
    const [line] = bench.wrote();
    if (line !== undefined) {
      asked.push(line);
      bench.say("1");
    }
    bench.wait();
  }
  t.equal(asked.filter((line) => line === "SLOW?").length, 2);
  t.ok(asked.filter((line) => line === "FAST?").length >= 8, asked.join(" "));
});

t.test("an overload is a reading without a value", async (t) => {
  const bench = new Bench().begun();
  t.same(bench.polled(), ["MEAS:VOLT?"]);
  t.same(bench.say("9.90000000E+37").readings(), [{ voltage: null }]);
});

t.test("echoes, zeros and unasked lines are no answers", async (t) => {
  const bench = new Bench().begun();
  bench.say("2.0");
  t.same(bench.readings(), [], "nothing was asked");
  t.same(bench.polled(), ["MEAS:VOLT?"]);
  bench.say("MEAS:VOLT?").say("garbage").say("\0\xff\0");
  t.same(bench.readings(), []);
  t.same(bench.discards(), ["unsupported", "unsupported", "unparsable", "noise"]);
  t.same(bench.say("\0\0 1.5 \0").readings(), [{ voltage: 1.5 }]);
});

t.test(
  "a missing answer: why, and nothing is believed until the instrument has said who it is",
  async (t) => {
    const bench = new Bench().begun();
    t.same(bench.polled(), ["MEAS:VOLT?"]);
    t.same(bench.wait(TIMEOUT_TICKS).wrote(), []);
    t.same(bench.wait().wrote(), ["SYST:ERR?"]);
    bench.say("7.7").say(BAD).say(NO_ERROR);
    t.same(bench.readings(), [], "the late answer is no reading");
    t.same(bench.logs(), ["voltage: the instrument says -113: Undefined header; no answer to MEAS:VOLT?"]);
    bench.wrote();
    t.same(bench.wait().wrote(), ["*IDN?"]);
    bench.say(IDENTITY);
    t.same(bench.wait().wrote(), ["MEAS:VOLT?"]);
  },
);

t.test("an instrument that is off is asked who it is until it answers", async (t) => {
  const bench = new Bench();
  bench.wait(3 * (TIMEOUT_TICKS + 1));
  t.same(bench.wrote(), ["*IDN?", "*IDN?", "*IDN?", "*IDN?"]);
  t.equal(bench.logs().length, 1);
  t.equal(bench.say(IDENTITY).readings().length, 1);
});

t.test("write succeeds when the instrument has no error", async (t) => {
  const bench = new Bench().begun();
  t.same(bench.run(WRITE).wrote(), ["VOLT 5", "SYST:ERR?"]);
  t.same(bench.say(NO_ERROR).outcomes(), [{ ok: true }]);
});

t.test("write fails with the errors, all of which are taken out of the queue", async (t) => {
  const bench = new Bench().begun().run(WRITE);
  bench.say(BAD).say('-222,"Data out of range"').say(NO_ERROR);
  const reason = "the instrument says -113: Undefined header; the instrument says -222: Data out of range";
  t.same(bench.outcomes(), [{ ok: false, reason }]);
  const silent = new Bench()
    .begun()
    .run(WRITE)
    .wait(TIMEOUT_TICKS + 1);
  t.match(silent.outcomes(), [{ ok: false, reason: /written, but SYST:ERR\? was not answered/ }]);
  const without = new Bench({ errorQuery: "", identify: false }).say("1").wait().run(WRITE);
  t.same(without.outcomes(), [{ ok: true }]);
});

t.test("an instrument that says errors for ever is not asked for ever", async (t) => {
  const bench = new Bench().begun().run(WRITE);
  for (let i = 0; i < 40; i++) bench.say(BAD);
  t.equal(bench.wrote().filter((line) => line === "SYST:ERR?").length, 33);
  t.equal(bench.outcomes().length, 1);
});

t.test("query gives the answer, and its value", async (t) => {
  const ask = (answer: string): object[] => new Bench().begun().run(QUERY).say(answer).outcomes();
  t.same(ask("5.00"), [{ ok: true, result: { answer: "5.00", value: 5 } }]);
  t.same(ask("9.91E37"), [{ ok: true, result: { answer: "9.91E37", value: null } }]);
  t.same(ask("CC"), [{ ok: true, result: { answer: "CC" } }]);
  const bench = new Bench().begun().run(QUERY).say("5.00");
  bench.wrote();
  t.same(bench.wait().wrote(), ["SYST:ERR?"], "and the errors are drained");
});

t.test("query fails with the reason if there is no answer", async (t) => {
  const bench = new Bench()
    .begun()
    .run(QUERY)
    .wait(TIMEOUT_TICKS + 1)
    .say(BAD)
    .say(NO_ERROR);
  t.same(bench.outcomes(), [
    { ok: false, reason: "the instrument says -113: Undefined header; no answer within 3000 ms" },
  ]);
});

t.test("what is no command, or no query, is not written", async (t) => {
  const cases: readonly Call[] = [
    { id: "1", name: "write", args: { text: "VOLT?" } },
    { id: "1", name: "query", args: { text: "VOLT 5" } },
    { id: "1", name: "write", args: { text: "VOLT 5\n*RST" } },
  ];
  for (const call of cases) {
    const bench = new Bench().begun().run(call);
    t.match(bench.outcomes(), [{ ok: false }]);
    t.same(bench.wrote(), []);
  }
});

t.test("a command waits for the answer that is on its way, and goes before polls", async (t) => {
  const bench = new Bench().begun();
  t.same(bench.polled(), ["MEAS:VOLT?"]);
  t.same(bench.run(WRITE).wrote(), []);
  t.same(bench.say("1.0").readings(), [{ voltage: 1 }]);
  t.same(bench.wait().wrote(), ["VOLT 5", "SYST:ERR?"]);
});

t.test("cancel ends the waiting, in the queue and on the line", async (t) => {
  const bench = new Bench()
    .begun()
    .run(WRITE)
    .run({ ...QUERY, id: "2" });
  bench.session.cancel?.("1");
  bench.session.cancel?.("2");
  bench.say(NO_ERROR).wait(20);
  t.same(bench.outcomes(), []);
  t.same(bench.wrote(), ["VOLT 5", "SYST:ERR?", "MEAS:VOLT?"], "and polling goes on");
});

t.test("lines end as the settings say", async (t) => {
  for (const [lineEnding, end] of Object.entries({ lf: "\n", crlf: "\r\n", cr: "\r" })) {
    const [, event] = scpi.open(settingsOf(scpi, { lineEnding })).start?.() ?? [];
    t.same(event, { type: "write", bytes: Buffer.from(`*IDN?${end}`) });
  }
});

t.test("what is declared is by the settings", async (t) => {
  const { metrics, silenceMs } = scpi.describe(
    settingsOf(scpi, { queries: [{ ...VOLTAGE, intervalMs: 60_000 }], identify: false }),
  );
  t.same(metrics, { voltage: { type: "number", unit: "V", description: "answer to MEAS:VOLT?" } });
  t.equal(silenceMs, 183_000);
  t.equal(scpi.describe(settingsOf(scpi, { queries: [] })).silenceMs, 86_400_000);
});
