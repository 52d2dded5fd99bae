import fc from "fast-check";
import t from "tap";
import { Redactor, secretsIn } from "../../src/doctor/redact.ts";

const secrets = fc.string({ minLength: 8, maxLength: 40 }).filter((text) => text.trim() === text);

t.test(
  "a known secret never survives, whatever it stands between, nor in base64, hexadecimal or JSON",
  async (t) => {
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
        const bytes = Buffer.from(secret);
        for (const form of [
          secret,
          bytes.toString("base64"),
          bytes.toString("base64url"),
          bytes.toString("hex"),
        ])
          if (
            new Redactor([secret]).text(`${before} ${form} ${after}`).includes(form) &&
            !"(redacted)".includes(form)
          )
            throw new Error(`${form} is still there`);
        const json = JSON.stringify({ value: secret });
        if (new Redactor([secret]).text(json).includes(JSON.stringify(secret))) throw new Error(json);
      }),
      { numRuns: 2_000 },
    );
    t.pass();
  },
);

t.test("values of secret keys, passwords in addresses, and tokens go without being known", async (t) => {
  const none = new Redactor([]);
  for (const line of [
    "password: hunter22",
    "  dbPassword: 'hunter22'",
    'settings: { api_key: "hunter22", rate: 5 }',
    "# the old token: hunter22",
    "2026-11-25 WARN login with passwd=hunter22 failed",
    "mqtt://me:hunter22@broker.example:1883",
    `come with dunlin-${"A1b_".repeat(12)}hunter22`,
  ])
    t.notMatch(none.text(line), /hunter22/, line);
  t.equal(none.text("settings: { api_key: x1, rate: 5 }"), "settings: { api_key: (redacted), rate: 5 }");
  t.equal(
    none.text('{"token_bytes": 5, "pass": "hunter22"}'),
    '{"token_bytes": "(redacted)", "pass": "(redacted)"}',
  );
  t.equal(none.text('{"self_test_passed": true}'), '{"self_test_passed": true}');
  t.equal(none.text("port: /dev/ttyUSB0 # by-id/usb-FTDI"), "port: /dev/ttyUSB0 # by-id/usb-FTDI");
});

t.test("a configuration tells what is secret in it, in every way that YAML writes it", async (t) => {
  const text = `
components:
  cloud:
    command: [./cloud]
    environment: { USER_ID: someone, LOGIN: "first one" }
  other:
    environment:
      TOKEN_FILE: second-one
      TEXT: |
        third
        one
devices:
  d:
    settings: { password: 'fourth one', "secret": fifth-one, list: [1, 2] }
    port: \${THE_PORT}
`;
  const found = secretsIn(text, { THE_PORT: "sixth-one", OTHER: "not-this" });
  for (const secret of ["first one", "second-one", "third\none\n", "fourth one", "fifth-one", "sixth-one"])
    t.ok(found.includes(secret), secret);
  t.notOk(found.includes("not-this"));
});

t.test("text that is no YAML is no reason to fail", async () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      new Redactor(secretsIn(text, {})).text(text);
    }),
  );
});
