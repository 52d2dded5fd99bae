/** Layer 1: who is who. Key pairs, the files that they are in, and the folders that say who is let in. */
export {
  AuthorizedKeys,
  authorize,
  authorizedFolder,
  HUB_ROLES,
  isRole,
  listAuthorized,
  ROLES,
  type AuthorizedKey,
  type AuthorizedKeysHandlers,
  type Role,
} from "./authorized-keys.ts";
export {
  fingerprint,
  fingerprintOf,
  keyIdOf,
  newCertificate,
  publicPart,
  signingKeyObject,
  verifyKeyObject,
  verifyKeyOf,
  type Certificate,
  type SecretCertificate,
} from "./certificate.ts";
export { formatCertificate, parseCertificate } from "./certificate-text.ts";
export {
  AGENT_KEY_NAME,
  HUB_KEY_NAME,
  agentKeyPath,
  hubKeyPath,
  isSecretElsewhere,
  makeFolder,
  PUBLIC_SUFFIX,
  readAgentCertificate,
  readCertificate,
  readSecretCertificate,
  SECRET_SUFFIX,
  writeCertificates,
  writePrivate,
  writePublicCertificate,
} from "./key-files.ts";
export { Invitations, invite, listInvitations } from "./invitations.ts";
export { isSameProof, linkProof } from "./link-proof.ts";
export { decodeKey, encodeZ85, KEY_BYTES } from "./z85.ts";
