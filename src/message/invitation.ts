import { DunlinError } from "../base/index.ts";
import { decodeKey, encodeZ85, KEY_BYTES } from "../keys/index.ts";
import { decode, decodeMap, encode } from "./cbor.ts";
import { isName } from "./name.ts";

/** What a newcomer needs in order to trust an agent and to be let in by it, in one string. */
export interface Token {
  /** `tcp://host:port` as the newcomer reaches the agent; port is the base port. */
  readonly address: string;
  /** The agent's public key, Z85. */
  readonly serverKey: string;
  /** Known to the invited alone. */
  readonly secret: Uint8Array;
  /** s since 1970. */
  readonly expires: number;
}

/** What the invited sends to be let in, to the base port + 3. */
export interface Enrolment {
  readonly secret: Uint8Array;
  /** Under which the agent keeps the key. */
  readonly name: string;
  /** Z85. */
  readonly publicKey: string;
  readonly verifyKey?: string;
}

const PREFIX = "dunlin-";
const VERSION = 1;
const MAX_TOKEN_CHARS = 1_000;
const MAX_SECRET_BYTES = 64;

export function encodeToken({ address, serverKey, secret, expires }: Token): string {
  const fields = [VERSION, address, decodeKey(serverKey), Buffer.from(secret), expires];
  return `${PREFIX}${encode(fields).toString("base64url")}`;
}

/** @throws DunlinError `invitation-invalid` */
export function decodeToken(text: string): Token {
  const fields = fieldsOf(text.trim());
  const [version, address, serverKey, secret, expires] = fields;
  if (typeof version !== "number") throw malformed();
  if (version !== VERSION)
    throw new DunlinError(
      "invitation-invalid",
      `a token of version ${version}; this program knows ${VERSION}`,
    );
  const isComplete =
    typeof address === "string" &&
    serverKey instanceof Uint8Array &&
    serverKey.length === KEY_BYTES &&
    secret instanceof Uint8Array &&
    Number.isSafeInteger(expires);
  if (!isComplete) throw malformed();
  return { address, serverKey: encodeZ85(serverKey), secret, expires: expires as number };
}

export function encodeEnrolment(enrolment: Enrolment): Buffer {
  return encode({ ...enrolment, secret: Buffer.from(enrolment.secret) });
}

/** @throws DunlinError `message-invalid`, `key-invalid` */
export function decodeEnrolment(body: Uint8Array): Enrolment {
  const { secret, name, publicKey, verifyKey } = decodeMap(body);
  if (!(secret instanceof Uint8Array) || secret.length > MAX_SECRET_BYTES) throw invalid("secret", "bytes");
  if (typeof name !== "string" || !isName(name)) throw invalid("name", "a name");
  if (typeof publicKey !== "string") throw invalid("publicKey", "a key");
  if (verifyKey !== undefined && typeof verifyKey !== "string") throw invalid("verifyKey", "a key");
  decodeKey(publicKey);
  if (verifyKey === undefined) return { secret, name, publicKey };
  decodeKey(verifyKey);
  return { secret, name, publicKey, verifyKey };
}

function fieldsOf(text: string): readonly unknown[] {
  if (!text.startsWith(PREFIX) || text.length > MAX_TOKEN_CHARS) throw malformed();
  try {
    const fields = decode(Buffer.from(text.slice(PREFIX.length), "base64url"));
    if (Array.isArray(fields)) return fields;
  } catch {
    // Not ours.
  }
  throw malformed();
}

function malformed(): DunlinError {
  return new DunlinError("invitation-invalid", "not a token of dunlin invite: was all of it copied?");
}

function invalid(field: string, expected: string): DunlinError {
  return new DunlinError("message-invalid", `enrolment: ${field} must be ${expected}`);
}
