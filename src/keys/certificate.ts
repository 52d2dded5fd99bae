import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { DunlinError } from "../base/index.ts";
import { decodeKey, encodeZ85 } from "./z85.ts";

/**
 * Who someone is: the public half. A key for CURVE opens connections; one for Ed25519, which only those who command have,
 * proves who signed a command. Both as Z85 of their 32 bytes.
 */
export interface Certificate {
  /** As its owner calls it; the file's name is what counts. */
  readonly name: string;
  readonly publicKey: string;
  readonly verifyKey?: string;
}

/** The same with the secret half. Never in a log, a reply or an argument. */
export interface SecretCertificate extends Certificate {
  readonly secretKey: string;
  readonly signingKey?: string;
}

export function newCertificate(name: string): SecretCertificate {
  const curve = jwkOf(generateKeyPairSync("x25519").privateKey);
  const sign = jwkOf(generateKeyPairSync("ed25519").privateKey);
  return {
    name,
    publicKey: curve.public,
    secretKey: curve.secret,
    verifyKey: sign.public,
    signingKey: sign.secret,
  };
}

/** Without what is secret. */
export function publicPart({ name, publicKey, verifyKey }: Certificate): Certificate {
  return { name, publicKey, ...(verifyKey === undefined ? {} : { verifyKey }) };
}

/** For people to compare, as ssh-keygen -l has it: SHA-256 of the CURVE key's bytes. */
export function fingerprint(publicKey: string): string {
  return fingerprintOf(decodeKey(publicKey));
}

/** @param publicKey 32 bytes */
export function fingerprintOf(publicKey: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(publicKey).digest("base64").replace(/=+$/, "")}`;
}

/** What a signature says of its key: the first 8 bytes of the SHA-256 of the key's. */
export function keyIdOf(verifyKey: string): Buffer {
  return createHash("sha256").update(decodeKey(verifyKey)).digest().subarray(0, 8);
}

/** @throws DunlinError `key-invalid` */
export function verifyKeyObject(verifyKey: string): KeyObject {
  const key = { kty: "OKP", crv: "Ed25519", x: decodeKey(verifyKey).toString("base64url") };
  return createPublicKey({ key, format: "jwk" });
}

/** RFC 8410: an Ed25519 private key in PKCS #8 is these bytes and its own 32. */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");
const PKCS8_X25519 = Buffer.from("302e020100300506032b656e04220420", "hex");

/** @throws DunlinError `key-invalid` */
export function signingKeyObject(signingKey: string): KeyObject {
  return privateKey(PKCS8_ED25519, signingKey);
}

/** @throws DunlinError `key-invalid` */
export function curveKeyObject(secretKey: string): KeyObject {
  return privateKey(PKCS8_X25519, secretKey);
}

/** The public half of a CURVE key. @throws DunlinError `key-invalid` */
export function publicKeyOf(secretKey: string): string {
  return jwkOf(curveKeyObject(secretKey)).public;
}

/** The public half of a signing key. @throws DunlinError `key-invalid` */
export function verifyKeyOf(signingKey: string): string {
  return jwkOf(signingKeyObject(signingKey)).public;
}

/** The halves belong together, and what is there is a key. @throws DunlinError `key-invalid` */
export function checkCertificate(certificate: Certificate & Partial<SecretCertificate>, place: string): void {
  const { publicKey, secretKey, verifyKey, signingKey } = certificate;
  try {
    decodeKey(publicKey);
    if (verifyKey !== undefined) decodeKey(verifyKey);
    if (secretKey !== undefined && publicKeyOf(secretKey) !== publicKey)
      throw new DunlinError("key-invalid", "secret-key is not the other half of public-key");
    if (signingKey !== undefined && verifyKeyOf(signingKey) !== verifyKey)
      throw new DunlinError("key-invalid", "signing-key is not the other half of verify-key");
  } catch (cause) {
    throw new DunlinError("key-invalid", `${place}: ${(cause as Error).message}`, { cause });
  }
}

function privateKey(prefix: Buffer, key: string): KeyObject {
  return createPrivateKey({ key: Buffer.concat([prefix, decodeKey(key)]), format: "der", type: "pkcs8" });
}

function jwkOf(key: KeyObject): { readonly public: string; readonly secret: string } {
  const { x = "", d = "" } = key.export({ format: "jwk" });
  return { public: encodeZ85(Buffer.from(x, "base64url")), secret: encodeZ85(Buffer.from(d, "base64url")) };
}
