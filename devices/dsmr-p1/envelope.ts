import { createCipheriv, createDecipheriv } from "node:crypto";
import type { FrameFormat } from "../../src/codec/index.ts";
import { MAX_TELEGRAM_BYTES } from "./protocol.ts";

/**
 * A telegram in an envelope, as meters in Luxembourg send it: DLMS general-glo-ciphering, security suite 0. DLMS UA 1000-2,
 * 9.2.7; Smarty P1 specification:
 *
 *   DB | 08 | system title, 8 | 82 | length u16 | 30 | frame counter, 4 | telegram, AES-128-GCM | tag, 12
 *
 * The length counts what follows it. The title and the counter are the nonce.
 */
const SYNC = [0xdb, 0x08] as const;
const TITLE_AT = 2;
const LENGTH_FORM_AT = 10;
/** Two bytes of length follow. ITU-T X.690, 8.1.3.5. */
const LENGTH_FORM = 0x82;
const LENGTH_AT = 11;
const CONTROL_AT = 13;
/** Authenticated and encrypted, suite 0. */
const CONTROL = 0x30;
const COUNTER_AT = 14;
const TELEGRAM_AT = 18;
const TAG_BYTES = 12;

/** The key for authentication that every meter in Luxembourg has. */
export const LUXEMBOURG_AUTHENTICATION_KEY = "00112233445566778899AABBCCDDEEFF";

export interface Keys {
  readonly encryption: Buffer;
  readonly authentication: Buffer;
}

/** Envelopes; with keys only those that they open. Without any, all are taken for whole: something is to be told of them. */
export function envelopes(keys: Keys | undefined): FrameFormat {
  return {
    sync: SYNC,
    headBytes: COUNTER_AT,
    maxBytes: TELEGRAM_AT + MAX_TELEGRAM_BYTES + TAG_BYTES,
    lengthOf: (bytes, at) => {
      if (bytes[at + LENGTH_FORM_AT] !== LENGTH_FORM || bytes[at + CONTROL_AT] !== CONTROL) return 0;
      const length = CONTROL_AT + bytes.readUInt16BE(at + LENGTH_AT);
      return length > TELEGRAM_AT + TAG_BYTES ? length : 0;
    },
    isIntact: (bytes, start, end) => !keys || openEnvelope(bytes.subarray(start, end), keys) !== undefined,
  };
}

export function isEnvelope(frame: Buffer): boolean {
  return frame[0] === SYNC[0];
}

/** @returns the telegram, or undefined if the keys are not those of the meter, or a bit is wrong */
export function openEnvelope(frame: Buffer, { encryption, authentication }: Keys): Buffer | undefined {
  const tagAt = frame.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-128-gcm", encryption, nonceOf(frame), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.concat([Buffer.of(CONTROL), authentication]));
  decipher.setAuthTag(frame.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(frame.subarray(TELEGRAM_AT, tagAt)), decipher.final()]);
  } catch {
    // Node tells of a wrong tag in no other way.
    return undefined;
  }
}

/** @param title of the meter, 8 bytes */
export function writeEnvelope(
  telegram: Buffer,
  { encryption, authentication }: Keys,
  title: Buffer,
  counter: number,
): Buffer {
  const head = Buffer.alloc(TELEGRAM_AT);
  head.set(SYNC);
  title.copy(head, TITLE_AT, 0, LENGTH_FORM_AT - TITLE_AT);
  head[LENGTH_FORM_AT] = LENGTH_FORM;
  head.writeUInt16BE(TELEGRAM_AT - CONTROL_AT + telegram.length + TAG_BYTES, LENGTH_AT);
  head[CONTROL_AT] = CONTROL;
  head.writeUInt32BE(counter, COUNTER_AT);
  const cipher = createCipheriv("aes-128-gcm", encryption, nonceOf(head), { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.concat([Buffer.of(CONTROL), authentication]));
  return Buffer.concat([head, cipher.update(telegram), cipher.final(), cipher.getAuthTag()]);
}

function nonceOf(frame: Buffer): Buffer {
  return Buffer.concat([frame.subarray(TITLE_AT, LENGTH_FORM_AT), frame.subarray(COUNTER_AT, TELEGRAM_AT)]);
}
