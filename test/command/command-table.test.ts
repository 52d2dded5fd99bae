import fc from "fast-check";
import t from "tap";
import { CommandTable, type CommandEvent } from "../../src/command/index.ts";
import { isFinal, type Command } from "../../src/message/index.ts";

const command = (id: string): Command => ({
  id,
  target: "pi/x",
  name: "go",
  args: {},
  issued: 0,
  expires: 1,
  issuer: "",
});

const ENVELOPE = Buffer.of(0);

t.test("the same id twice runs once", async (t) => {
  const table = new CommandTable();
  t.equal(table.accept(command("a"), ENVELOPE, 1), "new");
  t.match(table.apply("a", { type: "run" }, 2), { state: "running" });
  t.equal(table.accept(command("a"), ENVELOPE, 3), "known");
  t.match(table.get("a"), { progress: { state: "running" }, told: undefined });
});

t.test("beyond its capacity it forgets the oldest that has ended, and never one that has not", async (t) => {
  const table = new CommandTable(2);
  table.accept(command("a"), ENVELOPE, 1);
  table.accept(command("b"), ENVELOPE, 1);
  t.equal(table.accept(command("c"), ENVELOPE, 1), "full");
  const ended = table.apply("b", { type: "succeed" }, 2);
  t.equal(table.accept(command("c"), ENVELOPE, 2), "full", "that it has ended is not durable yet");
  if (ended) table.tell("b", ended);
  t.equal(table.accept(command("c"), ENVELOPE, 3), "new");
  t.ok(table.get("a"));
  t.notOk(table.get("b"));
});

const event: fc.Arbitrary<CommandEvent> = fc.constantFrom<CommandEvent>(
  { type: "run" },
  { type: "succeed", result: { a: 1 } },
  { type: "fail", code: "timed-out", reason: "r" },
  { type: "reject", code: "command-unknown", reason: "r" },
  { type: "expire" },
  { type: "cancel" },
);

t.test(
  "whatever happens in whatever order: at most one run, one final state, and nothing after it",
  async (t) => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        const table = new CommandTable();
        table.accept(command("a"), ENVELOPE, 0);
        const told = [table.get("a")?.progress];
        for (const [at, each] of events.entries()) told.push(table.apply("a", each, at));
        const states = told.filter((progress) => progress !== undefined).map(({ state }) => state);
        t.equal(states[0], "accepted");
        t.ok(states.filter((state) => state === "running").length <= 1);
        t.ok(
          states.slice(0, -1).every((state) => !isFinal(state)),
          states.join(" "),
        );
        const rejectedLate = states.indexOf("rejected") > 1 || states.indexOf("expired") > 1;
        t.notOk(rejectedLate, "neither rejected nor expired once it runs");
      }),
    );
  },
);
