import { createHmac, createPublicKey, diffieHellman, timingSafeEqual } from "node:crypto";
import { curveKeyObject } from "./certificate.ts";
import { decodeKey } from "./z85.ts";

/** A proof for this is one for nothing else. */
const CONTEXT = "dunlin hub link 1";

/**
 * Proves to the other side that one has the secret half of a CURVE key. CURVE proves it to libzmq, which does not say
 * whose connection a message came by. Either side can make it: it is no signature.
 * @param secretKey one's own, Z85
 * @param publicKey the other side's, Z85
 * @param nonce of the side that wants to know, 32 random bytes
 * @param name that the key is to stand for
 * @throws DunlinError `key-invalid`
 */
export function linkProof(secretKey: string, publicKey: string, nonce: Uint8Array, name: string): Buffer {
  const x = decodeKey(publicKey).toString("base64url");
  const secret = diffieHellman({
    privateKey: curveKeyObject(secretKey),
    publicKey: createPublicKey({ key: { kty: "OKP", crv: "X25519", x }, format: "jwk" }),
  });
  return createHmac("sha256", secret).update(CONTEXT).update(nonce).update(name).digest();
}

export function isSameProof(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
