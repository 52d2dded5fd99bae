import { DunlinError } from "../../../src/base/index.ts";
import { parseDuration } from "../../../src/config/index.ts";
import { encodeZ85 } from "../../../src/keys/index.ts";
import {
  checkCommands,
  checkMetrics,
  decodeEnrolment,
  decodeMap,
  decodeToken,
  encode,
  encodeEnrolment,
  encodeToken,
  faultInArguments,
  formatPortAddress,
  isMap,
  isName,
  isValues,
  MAX_DECLARED,
  MAX_MESSAGE_BYTES,
  parsePortAddress,
  parseTopic,
  replayAnswerOf,
  subscriptionPrefix,
  type Values,
} from "../../../src/message/index.ts";
import { anyMap } from "../cbor-items.ts";
import { hold, tokens, type Target } from "../target.ts";
import { ITEMS, KEYS, vectors, VERIFY_KEY } from "./vectors.ts";

const CBOR = { maxBytes: 8_192, isCbor: true } as const;

const READING = { epoch: 7, seq: 3, time: 1_790_000_000_000_000, clock: "synced", values: { a: 1 } };

const replayAnswer: Target = {
  ...CBOR,
  name: "replay-answer",
  share: 4,
  tokens: ITEMS,
  corpus: [
    ...vectors("replay-answer"),
    encode({
      readings: [READING, { ...READING, seq: 4 }],
      lost: [
        { epoch: 6, from: 1 },
        { epoch: 7, from: 1, to: 2 },
      ],
      next: { epoch: 7, seq: 4 },
      more: true,
    }),
  ],
  generate: (dice) => anyMap(dice, 0, KEYS, ITEMS),
  decode(input) {
    const { readings, next } = replayAnswerOf(decodeMap(input));
    hold(Number.isSafeInteger(next.epoch) && Number.isSafeInteger(next.seq), "a cursor without a number");
    hold(
      readings.every(({ seq, values }) => typeof seq === "number" && isMap(values)),
      "a reading without values",
    );
    return true;
  },
};

const enrolment: Target = {
  ...CBOR,
  name: "enrolment",
  share: 4,
  tokens: ITEMS,
  corpus: [
    encodeEnrolment({ secret: Buffer.alloc(16, 1), name: "laptop", publicKey: VERIFY_KEY }),
    encodeEnrolment({
      secret: Buffer.alloc(16, 2),
      name: "pi",
      publicKey: VERIFY_KEY,
      verifyKey: VERIFY_KEY,
    }),
  ],
  decode(input) {
    const { secret, name, publicKey } = decodeEnrolment(input);
    hold(isName(name) && secret.length <= 64 && publicKey.length === 40, "an enrolment beyond its bounds");
    return true;
  },
};

const TOKEN = {
  address: "tcp://192.168.1.5:5555",
  serverKey: encodeZ85(Buffer.alloc(32, 9)),
  expires: 1_790_000_000,
};
const TOKEN_BODY = Buffer.from(encodeToken({ ...TOKEN, secret: Buffer.alloc(16, 3) }).slice(7), "base64url");

/** What is changed is the body; half of the inputs go in as the text itself. */
const token: Target = {
  ...CBOR,
  name: "token",
  share: 3,
  maxBytes: 1_200,
  tokens: [...ITEMS, ...tokens("dunlin-", "=", "+", " ")],
  corpus: [TOKEN_BODY, Buffer.from(`dunlin-${TOKEN_BODY.toString("base64url")}`)],
  decode(input) {
    const text = input.toString();
    const one = decodeToken(text.startsWith("dunlin-") ? text : `dunlin-${input.toString("base64url")}`);
    hold(decodeToken(encodeToken(one)).serverKey === one.serverKey, "another token after encoding");
    return true;
  },
};

const DECLARED = {
  metrics: {
    temperature: { type: "number", unit: "Cel", description: "of the air" },
    on: { type: "boolean" },
  },
  commands: {
    rate: {
      description: "how often",
      arguments: {
        interval: { type: "number", min: 0.1, max: 60, unit: "s" },
        mode: { type: "text", enum: ["a", "b"], optional: true },
        count: { type: "integer", min: 1 },
      },
      idempotent: true,
      cancellable: true,
      timeoutMs: 500,
    },
    stop: {},
  },
};
const DECLARED_ITEMS = [
  ...ITEMS,
  ...Object.keys(DECLARED.commands.rate).map(encode),
  encode(DECLARED.metrics.on),
];

const declarations: Target = {
  ...CBOR,
  name: "declarations",
  share: 4,
  tokens: DECLARED_ITEMS,
  corpus: [
    encode(DECLARED),
    encode({ metrics: {}, commands: { send: { arguments: { text: { type: "text" } } } } }),
  ],
  decode(input) {
    const { metrics, commands } = decodeMap(input);
    const checked = { metrics: checkMetrics(metrics), commands: checkCommands(commands) };
    const again = { metrics: checkMetrics(checked.metrics), commands: checkCommands(checked.commands) };
    hold(encode(again).equals(encode(checked)), "a declaration that is another when it is checked again");
    for (const names of [checked.metrics, checked.commands].map(Object.keys))
      hold(names.every(isName) && names.length <= MAX_DECLARED, "names that are none, or too many");
    return true;
  },
};

/** [arguments, command] as a component declared it. */
const argumentsTarget: Target = {
  ...CBOR,
  name: "arguments",
  share: 4,
  tokens: DECLARED_ITEMS,
  corpus: [
    encode({ args: { interval: 1.5, count: 3 }, commands: DECLARED.commands }),
    encode({ args: { interval: 0.1, count: 1, mode: "a" }, commands: DECLARED.commands }),
    encode({ args: {}, commands: { rate: {} } }),
  ],
  decode(input) {
    const { args, commands } = decodeMap(input);
    const { rate } = checkCommands(commands);
    if (!isValues(args) || !rate) return false;
    const fault = faultInArguments(args, rate);
    if (fault !== undefined) {
      hold(typeof fault === "string" && fault.length < MAX_MESSAGE_BYTES, "a fault longer than a message");
      return false;
    }
    for (const name of Object.keys(args))
      hold(Object.hasOwn(rate.arguments, name), "an argument nobody declared");
    for (const [name, { type }] of Object.entries(rate.arguments)) holdsType(args, name, type);
    return true;
  },
};

function holdsType(args: Values, name: string, type: string): void {
  if (!Object.hasOwn(args, name)) return;
  const wanted = type === "text" ? "string" : type === "integer" ? "number" : type;
  hold(typeof args[name] === wanted, `${name} is no ${type}`);
}

function refusable<T>(decoder: () => T): T | undefined {
  try {
    return decoder();
  } catch (thrown) {
    if (thrown instanceof DunlinError) return undefined;
    throw thrown;
  }
}

/** What people type and topics say, one kind of text after the other. */
const words: Target = {
  name: "words",
  share: 4,
  maxBytes: 4_096,
  corpus: tokens(
    "/dev/ttyUSB0",
    "tcp://192.168.1.5:4001",
    "tcp://[::1]:4001",
    "sim://nmea0183",
    "telemetry/pi/gps/",
    "command/pi/0198c0de-0000-7000-8000-000000000000/",
    "state/pi/",
    "1.5s",
  ),
  tokens: tokens(
    "tcp:",
    "//",
    "[",
    "]",
    ":",
    "/",
    "0",
    "9",
    "a.b",
    "sim",
    "tty",
    "COM1",
    "::",
    "telemetry",
    "%",
    "ms",
  ),
  decode(input) {
    const text = input.toString();
    const topic = parseTopic(text);
    if (topic) hold(isName(topic.agent), "a topic of no name");
    const ms = parseDuration(text);
    if (ms !== undefined) hold(Number.isSafeInteger(ms), "a duration of no number");
    const prefix = refusable(() => subscriptionPrefix(text));
    const address = refusable(() => parsePortAddress(text));
    if (!address) return prefix !== undefined;
    const again = formatPortAddress(address);
    hold(formatPortAddress(parsePortAddress(again)) === again, "another port");
    return true;
  },
};

export const ASKED_TARGETS: readonly Target[] = [
  replayAnswer,
  enrolment,
  token,
  declarations,
  argumentsTarget,
  words,
];
