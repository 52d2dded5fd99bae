import { sign, verify } from "node:crypto";
import { DunlinError } from "../base/index.ts";
import { keyIdOf, signingKeyObject, verifyKeyObject, verifyKeyOf } from "../keys/index.ts";
import { encode, head } from "./cbor.ts";
import { decodeCommand, encodeCommand, type Command } from "./command.ts";

/** A command as it came, and whose signature is on it, if one is. */
export interface Envelope {
  readonly command: Command;
  readonly signature?: Signature;
}

/** Nothing is known of it before {@link isSignedBy} says so. */
export interface Signature {
  /** Which key it claims to be of: see keyIdOf. */
  readonly keyId: Buffer;
  /** What was signed: Sig_structure of RFC 9052 §4.4. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** COSE_Sign1, tagged, an array of four (RFC 9052 §4.2). */
const COSE_SIGN1 = Buffer.from([0xd2, 0x84]);
const EMPTY_MAP = 0xa0;
/** A map of alg, which is EdDSA (-8) or its newer name Ed25519 (-19), and kid (RFC 9052 §3.1, RFC 9864). */
const [MAP_OF_2, ALG, KEY_ID] = [0xa2, 0x01, 0x04];
const [EDDSA, ED25519] = [0x27, 0x32];
const KEY_ID_BYTES = 8;
const KEY_ID_HEAD = 0x40 | KEY_ID_BYTES;
const HEADERS = [EDDSA, ED25519].flatMap((algorithm) => [
  { start: Buffer.from([MAP_OF_2, ALG, algorithm, KEY_ID, KEY_ID_HEAD]), end: Buffer.alloc(0) },
  { start: Buffer.from([MAP_OF_2, KEY_ID, KEY_ID_HEAD]), end: Buffer.from([ALG, algorithm]) },
]);
const SIGNATURE_BYTES = 64;
/** External data of the signature: one for a command is for nothing else. */
const CONTEXT = bytes(Buffer.from("dunlin command 1"));
const SIGNATURE1 = Buffer.concat([head("array", 4), encode("Signature1")]);

/** @param signingKey Ed25519, Z85. @throws DunlinError `key-invalid` */
export function signCommand(command: Command, signingKey: string): Buffer {
  const payload = encodeCommand(command);
  const keyId = keyIdOf(verifyKeyOf(signingKey));
  const protectedHeader = Buffer.concat([Buffer.from([MAP_OF_2, ALG, EDDSA, KEY_ID, KEY_ID_HEAD]), keyId]);
  const signature = sign(null, toSign(protectedHeader, payload), signingKeyObject(signingKey));
  return Buffer.concat([
    COSE_SIGN1,
    bytes(protectedHeader),
    Buffer.from([EMPTY_MAP]),
    bytes(payload),
    bytes(signature),
  ]);
}

/**
 * A command, bare or signed, of which nothing is trusted.
 * @throws DunlinError `message-invalid`, `message-too-large`
 */
export function decodeEnvelope(body: Buffer): Envelope {
  if (!body.subarray(0, COSE_SIGN1.length).equals(COSE_SIGN1)) return { command: decodeCommand(body) };
  const header = takeBytes(body, COSE_SIGN1.length);
  if (body[header.end] !== EMPTY_MAP) throw invalid("an unprotected header, which must be empty");
  const payload = takeBytes(body, header.end + 1);
  const signature = takeBytes(body, payload.end);
  if (signature.end !== body.length) throw invalid("bytes after its end");
  if (signature.value.length !== SIGNATURE_BYTES)
    throw invalid(`a signature that is not of ${SIGNATURE_BYTES} bytes`);
  const keyId = keyIdIn(header.value);
  const signed = toSign(header.value, payload.value);
  return { command: decodeCommand(payload.value), signature: { keyId, signed, signature: signature.value } };
}

/** @param verifyKey Ed25519, Z85 */
export function isSignedBy({ signed, signature }: Signature, verifyKey: string): boolean {
  return verify(null, signed, verifyKeyObject(verifyKey), signature);
}

/** The two parameters, in either order; nothing else is expected, so nothing else is read. */
function keyIdIn(header: Buffer): Buffer {
  const order = HEADERS.find(
    ({ start, end }) =>
      header.length === start.length + KEY_ID_BYTES + end.length &&
      header.subarray(0, start.length).equals(start) &&
      header.subarray(start.length + KEY_ID_BYTES).equals(end),
  );
  if (!order) throw invalid(`a protected header that is not {1: -8, 4: key id of ${KEY_ID_BYTES} bytes}`);
  return header.subarray(order.start.length, order.start.length + KEY_ID_BYTES);
}

function toSign(protectedHeader: Buffer, payload: Buffer): Buffer {
  return Buffer.concat([SIGNATURE1, bytes(protectedHeader), CONTEXT, bytes(payload)]);
}

function bytes(value: Buffer): Buffer {
  return Buffer.concat([head("bytes", value.length), value]);
}

/** A byte string of definite length. */
function takeBytes(body: Buffer, at: number): { readonly value: Buffer; readonly end: number } {
  const first = body[at] ?? 0;
  const size = first & 0x1f;
  const argumentBytes = size < 24 ? 0 : size === 24 ? 1 : size === 25 ? 2 : size === 26 ? 4 : undefined;
  if (first >>> 5 !== 2 || argumentBytes === undefined || at + 1 + argumentBytes > body.length)
    throw invalid("something else where a byte string was due");
  const start = at + 1 + argumentBytes;
  const length = argumentBytes === 0 ? size : body.readUIntBE(at + 1, argumentBytes);
  if (start + length > body.length) throw invalid("an end before its end");
  return { value: body.subarray(start, start + length), end: start + length };
}

function invalid(what: string): DunlinError {
  return new DunlinError("message-invalid", `signed command with ${what}`);
}
