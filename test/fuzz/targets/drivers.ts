import { xor8 } from "../../../src/codec/index.ts";
import type { Driver, DriverEvent, Session } from "../../../src/device/index.ts";
import { checkCommands, checkMetrics, isName, isValues, type Values } from "../../../src/message/index.ts";
import { DRIVERS } from "../../../devices/index.ts";
import { fixturesOf } from "../../devices/fixtures.ts";
import { settingsOf } from "../../devices/settings.ts";
import { seeded } from "../../support/random.ts";
import { STILL_CLOCK } from "../../support/still-clock.ts";
import { hold, NATURAL, seedOf, tokens, type Target } from "../target.ts";
import { fixSegments } from "./link.ts";
import { chunksOf, fixFrames } from "./stream.ts";

/** How a driver is tried. */
interface Subject extends Pick<Target, "tokens" | "fix" | "share" | "maxBytes" | "maxMs" | "mayTakeNone"> {
  /** What its device sends, beside the fixtures and what the simulator sends. */
  readonly lines?: readonly string[];
  readonly driver: string;
  /** Of several for one driver, which. */
  readonly variant?: string;
  readonly settings?: object;
  /** Under way while the device talks. */
  readonly calls?: readonly { readonly name: string; readonly args: Values }[];
}

async function driverTarget(subject: Subject): Promise<Target> {
  const driver = (await DRIVERS[subject.driver]?.()) as unknown as Driver<unknown>;
  const settings = settingsOf(driver, subject.settings);
  const simulator = driver.simulate(settings, seeded(5));
  const bursts = Array.from({ length: 4 }, () => Buffer.from(simulator.step().bytes));
  const { calls = [], lines = [], variant = "" } = subject;
  const open = (seed: number): Session => {
    const session = driver.open(settings, STILL_CLOCK);
    session.start?.();
    const call = calls[(seed >>> 4) % (calls.length + 1)];
    if (call) session.run?.({ id: "call", ...call });
    return session;
  };
  return {
    ...subject,
    name: `driver-${subject.driver}${variant}`,
    corpus: [
      ...fixturesOf(driver.name).map(({ bytes }) => bytes.subarray(0, subject.maxBytes)),
      ...bursts,
      ...tokens(...lines),
    ],
    decode(input) {
      const seed = seedOf(input);
      const whole = open(seed).push(Buffer.from(input));
      const session = open(seed);
      const pieces = Array.from(pushAll(session, input));
      // One that takes turns is given no bytes after it has let its turn go, which here it is.
      if (driver.isShared !== true) hold(told(pieces) === told(whole), "other events in other chunks");
      for (const event of whole) holdsEvent(event);
      for (const event of session.wake?.() ?? []) holdsEvent(event);
      const lost = whole.reduce((sum, event) => sum + (event.type === "discard" ? event.bytes : 0), 0);
      hold(lost <= input.length, "more discarded than came");
      return whole.some(({ type }) => type === "reading");
    },
  };
}

/** Discards that follow each other are one, for it is the bytes that are counted. */
function told(events: readonly DriverEvent[]): string {
  const joined: DriverEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event.type === "discard" && last?.type === "discard" && last.reason === event.reason)
      joined[joined.length - 1] = { ...event, bytes: last.bytes + event.bytes };
    else joined.push(event);
  }
  return JSON.stringify(joined);
}

function* pushAll(session: Session, input: Buffer): Generator<DriverEvent> {
  for (const chunk of chunksOf(input)) yield* session.push(chunk);
}

function holdsEvent(event: DriverEvent): void {
  switch (event.type) {
    case "reading":
      hold(
        isValues(event.values) && Object.keys(event.values).every(isName),
        "a reading that is no map of values",
      );
      break;
    case "outcome":
      if (event.outcome.ok) hold(isValues(event.outcome.result ?? {}), "a result that is no map of values");
      else hold(typeof event.outcome.reason === "string", "a reason that is no text");
      break;
    case "describe":
      checkMetrics(event.metrics);
      checkCommands(event.commands);
      break;
    case "log":
      hold(typeof event.text === "string", "a line for people that is no text");
      break;
    default:
  }
}

/** Right checksums for whatever ends in one. */
function fixSentences(input: Buffer): Buffer {
  let from = -1;
  for (let at = 0; at < input.length; at++) {
    const byte = input[at] as number;
    if (byte === 0x24 || byte === 0x21) from = at;
    if (byte !== 0x2a || from < 0 || at + 3 > input.length) continue;
    input.write(
      xor8(input, from + 1, at)
        .toString(16)
        .padStart(2, "0"),
      at + 1,
      "latin1",
    );
    from = -1;
  }
  return input;
}

const NUMBERS = ["1e308", "-0", "1e-9", "0x10", "9".repeat(40), "nan", ".", "+5", "235960.99", "9999.9999"];
const LINE_PIECES = tokens(
  '"',
  "{",
  "}",
  '":',
  "[",
  "\\u0000",
  "=",
  ":",
  ",",
  ";",
  "\n",
  " ",
  "true",
  "a1",
  ...NATURAL,
);

const JSON_LINES = {
  driver: "json-lines",
  share: 2,
  maxBytes: 6_000,
  tokens: [...LINE_PIECES, ...tokens(...NUMBERS)],
} as const;
const DECLARED = {
  metrics: { on: { type: "boolean" }, count: { type: "integer" }, name: { type: "text" } },
  discover: false,
  // The longest that there may be: what is quadratic shows.
  maxLineBytes: 65_536,
};

const SUBJECTS: readonly Subject[] = [
  {
    driver: "nmea0183",
    share: 4,
    maxBytes: 2_048,
    settings: { chipset: "mtk" },
    lines: ["$PMTK001,220,3*30\r\n", "$GPVTG,54.7,T,34.4,M,5.5,N,10.2,K*00\r\n$PMTK001,220,2*31\r\n"],
    calls: [{ name: "rate", args: { interval: 200 } }],
    tokens: tokens(
      "$",
      "!",
      "*",
      ",",
      "\r\n",
      "$PMTK001,220,",
      "$GPRMC,",
      "$GPGGA,",
      "TXT",
      ...NATURAL,
      ...NUMBERS,
    ),
    fix: fixSentences,
  },
  {
    driver: "pms5003",
    share: 4,
    maxBytes: 2_048,
    calls: ["read", "active", "passive", "sleep", "wake"].map((name) => ({ name, args: {} })),
    tokens: [...tokens("BM", "BM\0\x04", "BM\0\x14", "BM\0\x1c", "BM\0\x24"), Buffer.from([0xe1, 1])],
    fix: fixFrames,
  },
  {
    driver: "dunlin-link",
    share: 4,
    maxBytes: 2_048,
    calls: [{ name: "fan", args: { on: true } }],
    tokens: tokens("\0", "\n", "\0\0", "abc\n"),
    fix: fixSegments,
  },
  JSON_LINES,
  {
    ...JSON_LINES,
    variant: "-declared",
    // Thousands of lines, each taken twice, and each that is no JSON costs an exception.
    maxBytes: 12_500,
    maxMs: 100,
    lines: ['on=yes count=3 name="abc"\n', "on:0;count:7\n"],
    settings: DECLARED,
  },
  {
    ...JSON_LINES,
    variant: "-csv",
    lines: ['on,3,abc\nno,4,"d e"\n1,-5,\n', "yes,1,x\r\n"],
    settings: { ...DECLARED, format: "csv", columns: ["on", "count", "name"] },
  },
];

/** Those of which nothing in particular is known are tried too. */
const OTHERS: readonly Subject[] = Object.keys(DRIVERS)
  .filter((name) => !SUBJECTS.some(({ driver }) => driver === name))
  .map((driver) => ({ ...JSON_LINES, driver, share: 2, maxBytes: 2_048, mayTakeNone: true }));

export const DRIVER_TARGETS: readonly Target[] = await Promise.all(
  [...SUBJECTS, ...OTHERS].map(driverTarget),
);
