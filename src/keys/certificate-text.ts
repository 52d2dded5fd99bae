import { DunlinError } from "../base/index.ts";
import { checkCertificate, type Certificate, type SecretCertificate } from "./certificate.ts";

/** A file of certificates is short. */
const MAX_CHARS = 16 * 1024;

/**
 * ZPL (ZeroMQ RFC 4) as CZMQ's zcert and pyzmq's zmq.auth write certificates, with a section of our own that they pass
 * over. pyzmq takes any line that begins with `public-key` or `secret-key`, in whatever section: the others' keys are
 * called otherwise.
 */
export function formatCertificate(certificate: Certificate | SecretCertificate): string {
  const { name, publicKey, verifyKey } = certificate;
  const secret = "secretKey" in certificate ? certificate : undefined;
  const lines = [
    `#   Dunlin: ${secret ? "SECRET KEYS, for nobody else" : "public keys, for others to let in"}`,
    "metadata",
    `    name = "${name}"`,
    "curve",
    `    public-key = "${publicKey}"`,
    ...(secret ? [`    secret-key = "${secret.secretKey}"`] : []),
    ...(verifyKey === undefined ? [] : ["ed25519", `    verify-key = "${verifyKey}"`]),
    ...(secret?.signingKey === undefined ? [] : [`    signing-key = "${secret.signingKey}"`]),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * @param place what faults name: the file
 * @throws DunlinError `key-invalid` with file and line
 */
export function parseCertificate(text: string, place: string): Certificate & Partial<SecretCertificate> {
  if (text.length > MAX_CHARS) throw new DunlinError("key-invalid", `${place}: too long for a certificate`);
  const values = parseZpl(text, place);
  const publicKey = values.get("curve/public-key");
  if (publicKey === undefined)
    throw new DunlinError("key-invalid", `${place}: no public-key in a section curve: not a certificate`);
  const given = {
    secretKey: values.get("curve/secret-key"),
    verifyKey: values.get("ed25519/verify-key"),
    signingKey: values.get("ed25519/signing-key"),
  };
  const certificate = {
    name: values.get("metadata/name") ?? "",
    publicKey,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
  checkCertificate(certificate, place);
  return certificate;
}

const LINE = /^( *)([A-Za-z0-9$._@+-][A-Za-z0-9$._@+/-]*)\s*(?:=\s*|(?=#|$))(.*)$/s;
/** Of what is behind the `=`. No space can be in two places of it: that would take a time that is quadratic. */
const VALUE = /^(?:"([^"]*)"|'([^']*)'|([^\s#"'][^#]*)?)\s*(?:#.*)?$/s;

/** Values by their path. */
function parseZpl(text: string, place: string): Map<string, string> {
  const values = new Map<string, string>();
  const path: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replaceAll("\t", "    ");
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const [, indent, name, rest = ""] = LINE.exec(line) ?? [];
    const forms = VALUE.exec(rest);
    const depth = (indent?.length ?? 1) / 4;
    if (name === undefined || !forms || !Number.isInteger(depth) || depth > path.length)
      throw new DunlinError("key-invalid", `${place}:${index + 1}: not a line of a certificate`);
    path.length = depth;
    path.push(name);
    const value = forms[1] ?? forms[2] ?? forms[3]?.trimEnd();
    if (value !== undefined) values.set(path.join("/"), value);
  }
  return values;
}
