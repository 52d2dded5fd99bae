import {
  decodeFromAgent,
  decodeFromHub,
  encode,
  encodeReading,
  encodeReplay,
  MAX_MESSAGE_BYTES,
  packReadings,
  parseSelector,
  PROTOCOL_VERSION,
  splitReplay,
  unpackReadings,
  wellFormed,
} from "../../../src/message/index.ts";
import { Reception } from "../../../src/hub/reception.ts";
import { anyMap } from "../cbor-items.ts";
import { hold, NATURAL, tokens, type Target } from "../target.ts";
import { ITEMS, KEYS } from "./vectors.ts";

const HELLO = { protocol: PROTOCOL_VERSION, agent: "pi", version: "1", labels: { site: "north" }, epoch: 7 };
const BODIES = [1, 2, 3].map((seq) =>
  encodeReading({ epoch: 7, seq, time: 1_790_000_000_000_000, clock: "synced", values: { n: seq } }),
);
const PAIRS = BODIES.flatMap((body) => [Buffer.from("telemetry/pi/gps/"), body]);

const MAPS = [
  HELLO,
  { mac: Buffer.alloc(32) },
  { withheld: 3 },
  { number: 1, body: Buffer.from("x") },
  { nonce: Buffer.alloc(32) },
  { protocol: 1, hub: "hub", credit: 1_000 },
  { code: "key-invalid", message: "no" },
  { total: 9 },
  { envelope: Buffer.from("y") },
  { number: 1, query: { query: "replay", device: "gps" } },
].map(encode);

const FROM_AGENT = ["hello", "proof", "heartbeat", "answer"];
const FROM_HUB = ["challenge", "welcome", "refused", "credit", "heartbeat", "command", "query"];

/** A message of the link, either way; the input is the map, and each verb is tried with it. */
const uplink: Target = {
  name: "uplink",
  share: 1,
  maxBytes: 2_048,
  isCbor: true,
  corpus: MAPS,
  tokens: [...ITEMS, ...["agent", "hello", "labels", "epoch", "mac", "number", "query"].map(encode)],
  generate: (dice) => anyMap(dice, 0, KEYS, ITEMS),
  decode(input) {
    const taken = [
      ...FROM_AGENT.map((verb) => tried(() => decodeFromAgent(verb, input))),
      ...FROM_HUB.map((verb) => tried(() => decodeFromHub(verb, input))),
    ];
    meet(input);
    return taken.some((error) => error === undefined);
  },
};

/** Its error, if it is one of ours. */
function tried(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (cause) {
    if ((cause as { code?: unknown }).code === undefined) throw cause;
    return cause;
  }
}

/** A hub without keys: who says hello is in, and whatever it says then neither throws nor makes it another. */
function meet(input: Buffer): void {
  const reception = new Reception(
    { hub: "hub", send: () => {}, creditOf: () => 1_000 },
    { onUp: () => {}, onDown: () => {}, onReadings: () => {}, onPublish: () => {}, onFault: () => {} },
  );
  for (const verb of [...FROM_AGENT, "readings", "publish", "nothing"])
    reception.receive("x", [Buffer.from(verb), input]);
  reception.receive("x", []);
  hold(reception.size <= 1, "one connection that is two agents");
  reception.close();
}

const readings: Target = {
  name: "packed-readings",
  share: 1,
  maxBytes: 1_024,
  corpus: [packReadings(PAIRS), packReadings(PAIRS.slice(0, 2)), packReadings([])],
  tokens: [
    Buffer.of(0x40),
    Buffer.of(0x58, 0x18),
    Buffer.of(0x59, 0x01, 0x00),
    Buffer.of(0x5a, 0, 1, 0, 0),
    ...BODIES,
  ],
  decode(input) {
    const pairs = unpackReadings(input);
    hold(pairs.length % 2 === 0, "half a pair");
    const again = unpackReadings(packReadings(pairs));
    hold(
      again.every((bytes, at) => bytes.equals(pairs[at] as Buffer)),
      "other readings",
    );
    return true;
  },
};

const NEXT = { epoch: 7, seq: 3 };

const replay: Target = {
  name: "split-replay",
  share: 1,
  maxBytes: 4_096,
  isCbor: true,
  corpus: [
    encodeReplay({ bodies: BODIES, lost: [], next: NEXT, more: true }),
    encodeReplay({
      bodies: [],
      lost: [
        { epoch: 6, from: 1, to: 9 },
        { epoch: 5, from: 2 },
      ],
      next: NEXT,
      more: false,
    }),
    encode({ ok: false, error: { code: "not-found", message: "no journal" } }),
  ],
  tokens: [...ITEMS, ...BODIES, ...["readings", "lost", "next", "more"].map(encode)],
  decode(input) {
    const answer = splitReplay(input);
    hold(answer.bodies.reduce((sum, { length }) => sum + length, 0) <= MAX_MESSAGE_BYTES, "more than came");
    for (const body of answer.bodies)
      hold(wellFormed(body) !== undefined || body.length > 0, "an empty body");
    return true;
  },
};

const selector: Target = {
  name: "selector",
  share: 1,
  maxBytes: 1_200,
  corpus: tokens(
    "*",
    "site=north and model in (pi3, pi4)",
    "not (plant* or rack!=7)",
    'name="plant 7" and (a=b or c=d) and not e=f',
  ),
  tokens: tokens(..."and|or|not|in|(|)|,|=|!=|*|site|north|'| ".split("|"), '"', ...NATURAL),
  decode(input) {
    const chooses = parseSelector(input.toString());
    for (const labels of [{}, { site: "north", rack: "7" }])
      hold(typeof chooses({ name: "plant7", labels }) === "boolean", "neither yes nor no");
    return true;
  },
};

export const FLEET_TARGETS: readonly Target[] = [uplink, readings, replay, selector];
