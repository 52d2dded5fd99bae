import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import {
  decodeKey,
  encodeZ85,
  fingerprint,
  formatCertificate,
  newCertificate,
  parseCertificate,
  readCertificate,
  readSecretCertificate,
  writeCertificates,
} from "../../src/keys/index.ts";
import { PYTHON, run } from "../support/program.ts";

t.test("Z85 as ZeroMQ RFC 32 has it", async (t) => {
  t.equal(encodeZ85(Buffer.from("864fd26fb559f75b", "hex")), "HelloWorld");
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) =>
      decodeKey(encodeZ85(bytes)).equals(Buffer.from(bytes)),
    ),
  );
  for (const bad of ["", "x".repeat(39), "~".repeat(40), "#".repeat(40)])
    t.throws(() => decodeKey(bad), { code: "key-invalid" }, bad);
});

t.test("a certificate is read as it was written", async (t) => {
  const certificate = newCertificate("alice");
  t.same(parseCertificate(formatCertificate(certificate), "a"), certificate);
  t.match(fingerprint(certificate.publicKey), /^SHA256:[A-Za-z0-9+/]{43}$/);
});

t.test("what is wrong with a certificate is said with its place", async (t) => {
  const { publicKey, secretKey } = newCertificate("a");
  const other = newCertificate("b");
  const cases: [string, string, RegExp][] = [
    ["nothing", "", /^f: no public-key/],
    ["not ZPL", "curve\n  public-key\n", /^f:2: not a line/],
    [
      "a key cut off",
      `curve\n    public-key = "${publicKey.slice(1)}"\n`,
      /^f: not a key: expected 40 characters of Z85, found 39/,
    ],
    [
      "halves of two",
      `curve\n    public-key = "${publicKey}"\n    secret-key = "${other.secretKey}"\n`,
      /^f: secret-key is not the other half/,
    ],
    ["too long", `#${"x".repeat(20_000)}\n`, /^f: too long/],
  ];
  for (const [what, text, message] of cases)
    t.throws(() => parseCertificate(text, "f"), { code: "key-invalid", message }, what);
  try {
    parseCertificate(`curve\n    public-key = "${other.publicKey}"\n    secret-key = "${secretKey}"\n`, "f");
  } catch (cause) {
    t.notOk(String((cause as Error).stack).includes(secretKey), "no secret is in the error");
  }
});

t.test("a secret that others can read is refused, with the command that mends it", async (t) => {
  const folder = folderOf(t);
  const path = writeCertificates(folder, "me", newCertificate("me"));
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.equal(statSync(folder).mode & 0o077, 0, "the folder is private, too");
  t.match(readSecretCertificate(path), { name: "me" });
  for (const mode of [0o640, 0o604, 0o660]) {
    chmodSync(path, mode);
    t.throws(() => readSecretCertificate(path), { code: "key-exposed", message: `chmod 600 ${path}` });
  }
  t.throws(() => writeCertificates(folder, "me", newCertificate("me")), { code: "key-exists" });
  t.throws(() => readCertificate(join(folder, "none")), { code: "key-missing" });
});

t.test("what systemd hands over may have the group's bits", async (t) => {
  const folder = folderOf(t);
  const path = writeCertificates(folder, "agent", newCertificate("agent"));
  chmodSync(path, 0o440);
  const before = process.env["CREDENTIALS_DIRECTORY"];
  t.teardown(() =>
    before === undefined
      ? delete process.env["CREDENTIALS_DIRECTORY"]
      : (process.env["CREDENTIALS_DIRECTORY"] = before),
  );
  process.env["CREDENTIALS_DIRECTORY"] = folder;
  t.match(readSecretCertificate(path), { name: "agent" });
});

t.test("pyzmq reads our certificates, and we read pyzmq's", async (t) => {
  const folder = folderOf(t);
  const own = newCertificate("ours");
  const path = writeCertificates(join(folder, "ours"), "ours", own);
  mkdirSync(join(folder, "theirs"), { recursive: true });
  const script = `
import json, sys, zmq.auth
folder = sys.argv[1]
zmq.auth.create_certificates(folder + "/theirs", "theirs", {"name": "theirs", "site": "north"})
public, secret = zmq.auth.load_certificate(sys.argv[2])
allowed = list(zmq.auth.load_certificates(folder + "/ours"))
print(json.dumps([public.decode(), secret.decode(), allowed[0].decode()]))
theirs = zmq.auth.load_certificate(folder + "/theirs/theirs.key_secret")
print(json.dumps([one.decode() for one in theirs]))
`;
  const file = join(folder, "script.py");
  writeFileSync(file, script);
  const { out, err } = await run(PYTHON, [file, folder, path]);
  const [ours, theirs] = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as string[]);
  t.same(ours, [own.publicKey, own.secretKey, own.publicKey], err);
  const secretPath = join(folder, "theirs/theirs.key_secret");
  chmodSync(secretPath, 0o600);
  const { name, publicKey, secretKey } = readSecretCertificate(secretPath);
  t.same([name, publicKey, secretKey], ["theirs", ...(theirs ?? [])]);
  t.equal(readCertificate(join(folder, "theirs/theirs.key")).publicKey, publicKey);
  t.match(readFileSync(secretPath, "utf8"), /pyzmq/);
});

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "keys");
}
