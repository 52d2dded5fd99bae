import t from "tap";
import { v7 } from "uuid";
import { keyIdOf } from "../../src/keys/index.ts";
import { decodeEnvelope, encodeCommand } from "../../src/message/index.ts";
import { SECOND_US } from "../support/commands.ts";
import { command, guarded, operator, signed, stranger, withPayload } from "../support/signed-commands.ts";

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
