import fc from "fast-check";
import t from "tap";
import { v7 } from "uuid";
import { CommandGate, type GatePlan } from "../../src/agent/command-gate.ts";
import type { ClockQuality, DunlinError } from "../../src/base/index.ts";
import { keyIdOf, newCertificate, type AuthorizedKey, type SecretCertificate } from "../../src/keys/index.ts";
import { decodeEnvelope, encodeCommand, signCommand, type Command } from "../../src/message/index.ts";
import { harness, SECOND_US } from "../support/commands.ts";

const CASES = Number(process.env["DUNLIN_FORGERIES"] ?? 100_000);
const SIGNED: GatePlan = { commands: "signed", exceptions: {}, maxCommandsPerSecond: 1_000 };

const operator = newCertificate("operator");
const stranger = newCertificate("stranger");
const KEY: AuthorizedKey = { ...operator, role: "sign" };

/** Commands that run only if the operator has signed them. */
function guarded(plan: Partial<GatePlan> = {}) {
  const invalid: DunlinError[] = [];
  const host = { us: 1_000 * SECOND_US, clock: "synced" as ClockQuality, ms: 0 };
  const gate = new CommandGate(
    { ...SIGNED, ...plan },
    {
      signer: (keyId) => (keyId.equals(keyIdOf(KEY.verifyKey ?? "")) ? KEY : undefined),
      hostUs: () => test.host.us,
      clock: () => test.host.clock,
    },
    () => host.ms,
  );
  const test = harness({
    gate: (envelope) => gate.fault(envelope),
    onInvalid: (error) => void invalid.push(error),
  });
  test.declare();
  return { ...test, invalid, now: host };
}

function command(more: Partial<Command> = {}): Command {
  const issued = 1_000 * SECOND_US;
  const expires = issued + 30 * SECOND_US;
  return { id: v7(), target: "pi/gps", name: "once", args: {}, issued, expires, issuer: "", ...more };
}

function signed(more: Partial<Command> = {}, by: SecretCertificate = operator): Buffer {
  return signCommand(command(more), by.signingKey ?? "");
}

/** Another payload under the same signature: what a broker that was taken over would try. */
function withPayload(body: Buffer, change: (command: Command) => Command): Buffer {
  const { command } = decodeEnvelope(body);
  const before = encodeCommand(command);
  const at = body.indexOf(before);
  const after = encodeCommand(change(command));
  const head = Buffer.from([0x59, after.length >>> 8, after.length & 0xff]);
  return Buffer.concat([
    body.subarray(0, at - headBytes(before.length)),
    head,
    after,
    body.subarray(at + before.length),
  ]);
}

function headBytes(length: number): number {
  return length < 24 ? 1 : length < 256 ? 2 : 3;
}

t.test("what the operator has signed runs, and is itself when read again", async (t) => {
  const { commands, sent, states } = guarded();
  const body = signed({ args: { level: 3 } });
  t.match(decodeEnvelope(body).command, { args: { level: 3 }, target: "pi/gps" });
  commands.receive(signed());
  t.equal(sent.length, 1);
  t.same(states(), ["accepted", "running"]);
});

t.test("each way to cheat is turned away with a reason of its own, and leaves no trace", async (t) => {
  const flipped = signed();
  flipped.writeUInt8(flipped.readUInt8(flipped.length - 1) ^ 1, flipped.length - 1);
  const foreign = signed({}, stranger);
  const disguised = Buffer.from(foreign);
  keyIdOf(operator.verifyKey ?? "").copy(disguised, disguised.indexOf(keyIdOf(stranger.verifyKey ?? "")));
  const cases: [string, Buffer, string][] = [
    ["without a signature", encodeCommand(command()), "signature-missing"],
    ["by a stranger", foreign, "signer-unknown"],
    ["by a stranger who claims to be the operator", disguised, "signature-invalid"],
    ["a bit of the signature", flipped, "signature-invalid"],
    ["another target", withPayload(signed(), (one) => ({ ...one, target: "pi" })), "signature-invalid"],
    ["another name", withPayload(signed(), (one) => ({ ...one, name: "long" })), "signature-invalid"],
    [
      "a later end",
      withPayload(signed(), (one) => ({ ...one, expires: one.expires * 2 })),
      "signature-invalid",
    ],
    ["another id", withPayload(signed(), (one) => ({ ...one, id: v7() })), "signature-invalid"],
    ["signed for another agent", signed({ target: "other/gps" }), "target-unknown"],
    [
      "issued an hour ahead",
      signed({ issued: 4_600 * SECOND_US, expires: 4_630 * SECOND_US }),
      "clock-skewed",
    ],
  ];
  for (const [what, body, code] of cases) {
    const { commands, sent, published, puts } = guarded();
    commands.receive(body);
    t.equal(sent.length, 0, `${what}: does not run`);
    t.match(published.at(-1), { state: "rejected", code }, what);
    t.equal(puts.length, 0);
  }
  const { commands, sent, published } = guarded();
  commands.receive(signed({ issued: 900 * SECOND_US, expires: 999 * SECOND_US }));
  t.match([sent, published.at(-1)], [[], { state: "expired" }], "an expired one is told as expired");
});

t.test("a forgery uses up neither the id nor the topic of the genuine one", async (t) => {
  const { commands, sent, published } = guarded();
  const id = v7();
  commands.receive(encodeCommand(command({ id })));
  t.match(published.at(-1), { state: "rejected", code: "signature-missing" });
  commands.receive(signed({ id }));
  t.equal(sent.length, 1, "the genuine one runs all the same");
  const told = published.length;
  commands.receive(encodeCommand(command({ id })));
  t.equal(published.length, told, "and nothing that is said of it later comes from a forgery");
});

t.test("a replay gets the first one's state", async (t) => {
  const { commands, sent, published } = guarded();
  const body = signed();
  for (let i = 0; i < 3; i++) commands.receive(body);
  t.equal(sent.length, 1);
  t.match(published.at(-1), { state: "running" });
});

t.test("by an agent and by a command it is said which have to be signed", async (t) => {
  const open = guarded({ commands: "open", exceptions: { "gps/once": "signed" } });
  open.commands.receive(encodeCommand(command()));
  t.match(open.published.at(-1), { code: "signature-missing" });
  open.commands.receive(encodeCommand(command({ name: "long" })));
  t.equal(open.sent.length, 1, "the others run without");
  const foreign = signed({ name: "again" }, stranger);
  open.commands.receive(foreign);
  t.equal(open.sent.length, 2, "a signature that nobody here knows does no harm then");
  const strict = guarded({ exceptions: { once: "open" } });
  strict.commands.receive(encodeCommand(command()));
  t.equal(strict.sent.length, 1);
});

t.test("an agent whose clock nobody has set does not blame a signer's", async (t) => {
  const test = guarded();
  test.host.clock = "unsynced";
  test.commands.receive(signed({ issued: 4_600 * SECOND_US, expires: 4_630 * SECOND_US }));
  t.equal(test.sent.length, 1);
});

t.test("each signer has a rate of its own", async (t) => {
  const test = guarded({ commands: "open", maxCommandsPerSecond: 1 });
  const push = (count: number, body: () => Buffer): string[] =>
    Array.from({ length: count }, () => {
      test.commands.receive(body());
      return `${test.published.at(-1)?.state} ${test.published.at(-1)?.code ?? ""}`.trim();
    });
  t.equal(push(12, () => encodeCommand(command())).filter((one) => one === "rejected overloaded").length, 2);
  t.same(
    push(1, () => signed()),
    ["running"],
    "another's flood does not use it up",
  );
  test.now.ms += 10_001;
  t.same(
    push(1, () => encodeCommand(command())),
    ["running"],
    "and it ends",
  );
});

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
