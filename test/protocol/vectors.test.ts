import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { answer } from "../../src/agent/queries.ts";
import { DunlinError } from "../../src/base/index.ts";
import {
  decodeAgentState,
  decodeCommand,
  decodeEnvelope,
  decodeDeviceStatus,
  decodeMap,
  decodeProgress,
  decodeQuery,
  decodeReading,
  encode,
  encodeAgentState,
  encodeCommand,
  isSignedBy,
  signCommand,
  encodeDeviceStatus,
  encodeError,
  encodeProgress,
  encodeReading,
  encodeResult,
  faultInReading,
  readingPrefix,
  seqOf,
} from "../../src/message/index.ts";
import { encodeZ85, keyIdOf, newCertificate } from "../../src/keys/index.ts";
import { runChecks } from "../support/program.ts";

interface Vector {
  readonly name: string;
  readonly type: string;
  readonly hex: string;
  readonly value: Record<string, unknown>;
  readonly error: "not-well-formed" | "not-allowed" | "not-the-schema" | "not-the-rules";
}

const file = join(import.meta.dirname, "../../docs/vectors/messages.json");
const { valid, invalid, signed } = JSON.parse(readFileSync(file, "utf8")) as {
  readonly valid: Vector[];
  readonly invalid: Vector[];
  readonly signed: readonly (Vector & Record<"signingKey" | "verifyKey", string>)[];
};

/** How each type of message goes out and comes in; what is not here is a plain map both ways. */
const CODECS: Record<string, readonly [(value: never) => Buffer, (body: Buffer) => unknown]> = {
  reading: [encodeReading, decodeReading],
  birth: [encodeAgentState, decodeAgentState],
  heartbeat: [encodeAgentState, decodeAgentState],
  stopped: [encodeAgentState, decodeAgentState],
  "device-state": [encodeDeviceStatus, decodeDeviceStatus],
  command: [encodeCommand, decodeCommand],
  progress: [encodeProgress, decodeProgress],
  query: [encode, decodeQuery],
  reply: [encodeReply, decodeMap],
};

function encodeReply(reply: {
  ok: boolean;
  result: unknown;
  error: { code: "internal"; message: string };
}): Buffer {
  return reply.ok
    ? encodeResult(reply.result)
    : encodeError(new DunlinError(reply.error.code, reply.error.message));
}

t.test("what we send is, byte for byte, what the specification and another encoder make of it", async (t) => {
  for (const { name, type, hex, value } of valid) {
    const [encodeIt] = CODECS[type] ?? [encode];
    t.equal(encodeIt(value as never).toString("hex"), hex, name);
  }
});

t.test("what we receive is read as the value that the specification gives", async (t) => {
  for (const { name, type, hex, value } of valid) {
    const body = Buffer.from(hex, "hex");
    const [, decodeIt] = CODECS[type] ?? [encode, decodeMap];
    t.same(decodeIt(body), value, name);
    if (type !== "reading") continue;
    t.equal(faultInReading(body), undefined, `${name}: is taken from a component`);
    t.equal(seqOf(body, readingPrefix(value["epoch"] as number)), value["seq"], `${name}: shows its number`);
  }
});

t.test("a command that another program has signed is read, and ours is the same byte for byte", async (t) => {
  for (const { name, hex, value, signingKey, verifyKey } of signed) {
    const { command, signature } = decodeEnvelope(Buffer.from(hex, "hex"));
    t.same(command, value, name);
    const key = encodeZ85(Buffer.from(verifyKey, "hex"));
    t.ok(signature && isSignedBy(signature, key), `${name}: its signature is good`);
    t.same(signature?.keyId, keyIdOf(key));
    const other = newCertificate("other").verifyKey ?? "";
    t.notOk(signature && isSignedBy(signature, other), `${name}: and not another's`);
    if (name === "a signed command")
      t.equal(signCommand(command, encodeZ85(Buffer.from(signingKey, "hex"))).toString("hex"), hex, name);
  }
});

const REASONS: Record<Vector["error"], RegExp> = {
  "not-well-formed": /not well-formed CBOR: (cut off|\d+ bytes after|reserved length|text that is not UTF-8)/,
  "not-allowed":
    /not well-formed CBOR: (indefinite length|tag|map key that is not text|nested deeper|more than)/,
  "not-the-schema": /^(command: |reading whose|expected a CBOR map|a query is a map|no query)/,
  "not-the-rules": /^reading whose/,
};

/** The agent's answer to whatever came as a query. */
async function answerTo(body: Buffer): Promise<string> {
  const unused = (): never => t.fail("asked for more") as never;
  const ports = {
    birth: unused,
    status: unused,
    devices: () => [],
    last: unused,
    progress: unused,
    askJournal: unused,
  };
  const { ok, error } = decodeMap(await answer(body, ports)) as { ok: boolean; error: { message: string } };
  return ok ? "" : error.message;
}

/** Why a message is refused, or "" if it is not. */
async function refusal(type: string, body: Buffer): Promise<string> {
  if (type === "reading") return faultInReading(body) ?? "";
  if (type === "query") return answerTo(body);
  try {
    decodeCommand(body);
    return "";
  } catch (thrown) {
    return thrown instanceof DunlinError && thrown.code === "message-invalid"
      ? thrown.message
      : String(thrown);
  }
}

t.test("what is invalid is refused, and for the right reason", async (t) => {
  for (const { name, type, hex, error } of invalid)
    t.match(await refusal(type, Buffer.from(hex, "hex")), REASONS[error], name);
});

t.test("another decoder and the schema agree", async (t) => {
  await runChecks(t, join(import.meta.dirname, "vectors.py"));
});
