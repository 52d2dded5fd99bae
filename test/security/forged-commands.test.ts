import fc from "fast-check";
import t from "tap";
import { keyIdOf } from "../../src/keys/index.ts";
import { decodeEnvelope, encodeCommand, signCommand } from "../../src/message/index.ts";
import { SECOND_US } from "../support/commands.ts";
import { guarded, operator, signed, stranger, withPayload } from "../support/signed-commands.ts";

const CASES = Number(process.env["DUNLIN_FORGERIES"] ?? 100_000);

/** What each kind of forgery is told. */
const EXPECTED = {
  change: "signature-invalid",
  unsign: "signature-missing",
  sign: "signer-unknown",
  pretend: "signature-invalid",
  retarget: "target-unknown",
  late: "expired",
  early: "clock-skewed",
} as const;

t.test(
  `${CASES} commands that are well-formed and not the operator's: none runs`,
  { timeout: 600_000 },
  async (t) => {
    const genuine = Array.from({ length: 16 }, (_, i) => signed({ issuer: "x".repeat(i) }));
    for (const body of genuine) {
      const { commands, sent } = guarded();
      commands.receive(body);
      t.equal(sent.length, 1, "the genuine one runs");
    }
    const seen = new Map<string, number>();
    const START_US = 1_000 * SECOND_US;
    const time = fc.integer({ min: 0, max: 2_000 * SECOND_US });
    const fields = fc.record(
      {
        id: fc.uuid({ version: 7 }),
        target: fc.constantFrom("pi", "pi/gps", "pi/other", "other/gps", "other"),
        name: fc.constantFrom("once", "again", "long", "cancel-command"),
        args: fc.dictionary(
          fc.stringMatching(/^[a-z]{1,5}$/),
          fc.oneof(fc.integer(), fc.string(), fc.boolean()),
        ),
        issued: time,
        expires: time,
        issuer: fc.string({ maxLength: 20 }),
      },
      { requiredKeys: [] },
    );
    const forgery = fc.record({
      which: fc.nat(genuine.length - 1),
      fields,
      how: fc.constantFrom("change", "unsign", "sign", "pretend", "retarget", "late", "early"),
    });
    fc.assert(
      fc.property(forgery, ({ which, fields, how }) => {
        const original = genuine[which] as Buffer;
        const { command: before } = decodeEnvelope(original);
        const after = { ...before, ...fields };
        const isLate = how === "late";
        const bodies: Record<typeof how, () => Buffer> = {
          change: () => withPayload(original, () => after),
          unsign: () => encodeCommand(after),
          sign: () => signCommand(after, stranger.signingKey ?? ""),
          pretend: () => {
            const body = signCommand(after, stranger.signingKey ?? "");
            keyIdOf(operator.verifyKey ?? "").copy(body, body.indexOf(keyIdOf(stranger.verifyKey ?? "")));
            return body;
          },
          retarget: () => signed({ ...after, issued: START_US, expires: 2 * START_US, target: "other/gps" }),
          late: () => original,
          early: () => signed({ ...after, issued: START_US + 61 * SECOND_US, expires: 2 * START_US }),
        };
        const body = bodies[how]();
        if (how === "change" && encodeCommand(after).equals(encodeCommand(before))) return;
        const { commands, sent, published, host } = guarded();
        if (isLate) host.us = before.expires + (after.issued % START_US);
        commands.receive(body);
        const { state, code } = published.at(-1) ?? {};
        const reason = state === "expired" ? state : (code ?? "none");
        seen.set(reason, (seen.get(reason) ?? 0) + 1);
        if (sent.length > 0) throw new Error("it runs");
        if (reason !== EXPECTED[how]) throw new Error(`${how} is told as ${reason}`);
      }),
      { numRuns: CASES },
    );
    t.comment(`note: ${[...seen].map(([code, count]) => `${code} ${count}`).join(", ")}`);
    for (const code of new Set(Object.values(EXPECTED)))
      t.ok((seen.get(code) ?? 0) > CASES / 100, `${code} is among the reasons`);
  },
);

t.test(`${CASES} damages to signed commands: none runs`, { timeout: 600_000 }, async (t) => {
  const KNOWN = new Set([
    "signature-invalid",
    "signature-missing",
    "signer-unknown",
    "target-unknown",
    "clock-skewed",
  ]);
  const genuine = Array.from({ length: 16 }, (_, i) => signed({ issuer: "x".repeat(i) }));
  const seen = new Map<string, number>();
  const change = fc.record({
    which: fc.nat(genuine.length - 1),
    edits: fc.array(
      fc.record({
        kind: fc.constantFrom("flip", "set", "insert", "remove", "cut", "copy"),
        at: fc.nat(400),
        value: fc.nat(255),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  });
  fc.assert(
    fc.property(change, ({ which, edits }) => {
      const original = genuine[which] as Buffer;
      const body = edits.reduce(edited, original);
      if (body.equals(original)) return;
      const { commands, sent, published, invalid } = guarded();
      commands.receive(body);
      const code = published.at(-1)?.code ?? invalid.at(-1)?.code ?? "none";
      seen.set(code, (seen.get(code) ?? 0) + 1);
      if (sent.length > 0) throw new Error("it runs");
      if (!KNOWN.has(code) && code !== "message-invalid") throw new Error(`it is told as ${code}`);
    }),
    { numRuns: CASES },
  );
  t.comment(`note: ${[...seen].map(([code, count]) => `${code} ${count}`).join(", ")}`);
  for (const code of ["signature-invalid", "signer-unknown", "message-invalid"])
    t.ok((seen.get(code) ?? 0) > CASES / 1_000, `${code} is among the reasons`);
});

function edited(
  body: Buffer,
  { kind, at, value }: { readonly kind: string; readonly at: number; readonly value: number },
): Buffer {
  const place = body.length === 0 ? 0 : at % body.length;
  const [before, after] = [body.subarray(0, place), body.subarray(place)];
  switch (kind) {
    case "flip":
      return Buffer.concat([
        before,
        Buffer.from([(body[place] ?? 0) ^ (1 << (value & 7))]),
        after.subarray(1),
      ]);
    case "set":
      return Buffer.concat([before, Buffer.from([value]), after.subarray(1)]);
    case "insert":
      return Buffer.concat([before, Buffer.from([value]), after]);
    case "remove":
      return Buffer.concat([before, after.subarray(1)]);
    case "cut":
      return before;
    default:
      return Buffer.concat([before, before.subarray(-value), after]);
  }
}
