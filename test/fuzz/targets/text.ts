import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatFault } from "../../../src/config/index.ts";
import { encodeZ85, formatCertificate, parseCertificate, publicPart } from "../../../src/keys/index.ts";
import { publicKeyOf } from "../../../src/keys/certificate.ts";
import { parsed } from "../../config/example.ts";
import { hold, NATURAL, tokens, type Target } from "../target.ts";
import { SIGNING_KEY, VERIFY_KEY } from "./vectors.ts";

const secretKey = encodeZ85(Buffer.alloc(32, 5));
const PUBLIC = { name: "pi", publicKey: publicKeyOf(secretKey) };
const CERTIFICATES = [
  PUBLIC,
  { ...PUBLIC, verifyKey: VERIFY_KEY },
  { ...PUBLIC, secretKey, verifyKey: VERIFY_KEY, signingKey: SIGNING_KEY },
];

const certificate: Target = {
  name: "certificate",
  share: 1.5,
  maxBytes: 17_000,
  corpus: CERTIFICATES.map((one) => Buffer.from(formatCertificate(one))),
  tokens: tokens(
    ..."metadata|curve|ed25519|    public-key = |secret-key|verify-key|signing-key| = |'|#|\t|\r\n|a/b|\u2028|\r".split(
      "|",
    ),
    '"',
    "    ",
    secretKey,
    PUBLIC.publicKey,
    ...NATURAL,
  ),
  decode(input) {
    const one = parseCertificate(input.toString(), "the file");
    hold(one.publicKey.length === 40, "a certificate without a key");
    const { verifyKey = "" } = one;
    const again = parseCertificate(formatCertificate(publicPart({ ...one, name: "" })), "again");
    hold(again.publicKey === one.publicKey && (again.verifyKey ?? "") === verifyKey, "other keys");
    return true;
  },
};

const root = join(import.meta.dirname, "../../..");

function yamlIn(folder: string): Buffer[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => readFileSync(join(root, folder, file)));
}

const PIECES =
  "name: |devices:\n|  gps:\n|    driver: nmea0183\n|    port: sim://\n|    line: |{ |} |[ |] |, |: |- |? |&a |*a|<<: |!x |${A}|${SITE}|${|${X:-1}|\"|'|#|\n|  |\t|5555|.nan|true|~|---\n|...\n|%YAML 1.1\n|0x1F|1e99|labels: |listen: |settings: |>\n|\u0000|\u00e9|constructor|__proto__|security: |components: |journal: |1h|log: ".split(
    "|",
  );

const config: Target = {
  name: "config",
  share: 0.6,
  maxBytes: 3_000,
  corpus: [...yamlIn("test/config/fixtures"), ...yamlIn("devices")].map((text) => text.subarray(0, 1_200)),
  tokens: tokens(...PIECES),
  generate: (dice) => Buffer.from(Array.from({ length: dice.below(40) }, () => dice.pick(PIECES)).join("")),
  decode(input) {
    const text = input.toString();
    const result = parsed(text);
    if (result.ok) return true;
    const lines = text.split("\n");
    hold(result.faults.length > 0, "neither a configuration nor a fault");
    for (const fault of result.faults) {
      const length = (lines[fault.line - 1] ?? "").length;
      hold(fault.line >= 1 && fault.line <= lines.length, `line ${fault.line} of ${lines.length}`);
      hold(fault.column >= 1 && fault.column <= length + 1, `column ${fault.column} of ${length}`);
      formatFault(fault, { colour: true });
    }
    return false;
  },
};

export const TEXT_TARGETS: readonly Target[] = [certificate, config];
