import { isDeepStrictEqual } from "node:util";
import { DunlinError } from "../../../src/base/index.ts";
import { keyIdOf } from "../../../src/keys/index.ts";
import {
  decode,
  decodeAgentState,
  decodeCommand,
  decodeDeviceStatus,
  decodeEnvelope,
  decodeMap,
  decodeProgress,
  decodeQuery,
  decodeReading,
  decodeReply,
  encode,
  encodeCommand,
  encodeReading,
  faultInReading,
  isSignedBy,
  MAX_MESSAGE_BYTES,
  readingPrefix,
  seqOf,
  timeOf,
  wellFormed,
} from "../../../src/message/index.ts";
import { anyItem, anyMap } from "../cbor-items.ts";
import { hold, seedOf, type Target } from "../target.ts";
import { COMMANDS, ITEMS, KEYS, SIGNED, vectors, VERIFY_KEY } from "./vectors.ts";

const CBOR = {
  maxBytes: 4_096,
  tokens: ITEMS,
  isCbor: true,
  generate: (dice: Parameters<typeof anyMap>[0]) => anyMap(dice, 0, KEYS, ITEMS),
} as const;

/** @throws Broken if a value is of a kind that CBOR without tags does not have, or is another after going out and in again */
function holdsTogether(value: unknown): void {
  holdsPlain(value);
  const once = encode(value);
  // Short floats come out long.
  if (once.length > MAX_MESSAGE_BYTES) return;
  const again = encode(decode(once));
  hold(again.equals(once), "another value after encoding and decoding");
}

function holdsPlain(value: unknown): void {
  if (Array.isArray(value)) value.forEach(holdsPlain);
  else if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    hold(Object.getPrototypeOf(value) === Object.prototype, "an object of a class");
    Object.values(value).forEach(holdsPlain);
  } else hold(typeof value !== "bigint" && typeof value !== "function", `a ${typeof value} among the values`);
}

const cbor: Target = {
  ...CBOR,
  name: "cbor",
  share: 14,
  maxBytes: 16_384,
  corpus: vectors(),
  generate: (dice) => anyItem(dice),
  decode(input) {
    const fault = wellFormed(input);
    const value = decode(input);
    hold(fault === undefined, "not well-formed, but decoded");
    holdsTogether(value);
    decodeMap(input);
    return true;
  },
};

const EPOCH = 7;
const PREFIX = readingPrefix(EPOCH);

const reading: Target = {
  ...CBOR,
  name: "reading",
  share: 10,
  corpus: vectors("reading"),
  decode(input) {
    const fault = faultInReading(input);
    const seq = seqOf(input, PREFIX);
    const time = seq === undefined ? undefined : timeOf(input, PREFIX);
    const one = decodeReading(input);
    if (fault !== undefined) return false;
    if (seq !== undefined) {
      hold(one.epoch === EPOCH && one.seq === seq, "seqOf has another number than the reading");
      hold(one.time === time, "timeOf has another time than the reading");
    }
    const once = encodeReading(one);
    hold(encodeReading(decodeReading(once)).equals(once), "another reading after encoding");
    return true;
  },
};

const command: Target = {
  ...CBOR,
  name: "command",
  share: 6,
  corpus: [...vectors("command"), ...COMMANDS.map(encodeCommand)],
  decode(input) {
    const one = decodeCommand(input);
    const once = encodeCommand(one);
    hold(encodeCommand(decodeCommand(once)).equals(once), "another command after encoding");
    return true;
  },
};

const envelope: Target = {
  ...CBOR,
  name: "envelope",
  share: 6,
  corpus: [...SIGNED, ...COMMANDS.map(encodeCommand), ...vectors("command", "signed-command")],
  decode(input) {
    const { command: one, signature } = decodeEnvelope(input);
    // A check of a signature costs as much as a hundred inputs.
    if (signature && signature.keyId.equals(keyIdOf(VERIFY_KEY)) && seedOf(input) % 32 === 0)
      if (isSignedBy(signature, VERIFY_KEY))
        hold(
          COMMANDS.some((known) => isDeepStrictEqual(known, one)),
          "a signature that holds for another command",
        );
    return true;
  },
};

/** One that does no more than look at a few keys. */
function simple(name: string, types: readonly string[], decoder: (body: Buffer) => unknown): Target {
  return {
    ...CBOR,
    name,
    share: 4,
    corpus: vectors(...types),
    decode(input) {
      decoder(input);
      return true;
    },
  };
}

/** The error that a reply carries is thrown too: `internal` is one that it may carry. */
function replyOf(body: Buffer): unknown {
  try {
    return decodeReply(body);
  } catch (thrown) {
    if (thrown instanceof DunlinError && thrown.code === "internal")
      throw new DunlinError("message-invalid", "a reply that says internal", { cause: thrown });
    throw thrown;
  }
}

export const MESSAGE_TARGETS: readonly Target[] = [
  cbor,
  reading,
  command,
  envelope,
  simple("progress", ["progress"], decodeProgress),
  simple("query", ["query"], decodeQuery),
  simple("reply", ["reply"], replyOf),
  simple("agent-state", ["birth", "heartbeat", "stopped"], decodeAgentState),
  simple("device-state", ["device-state"], decodeDeviceStatus),
];
