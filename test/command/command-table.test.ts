import fc from "fast-check";
import t from "tap";
import { CommandTable, type CommandEvent } from "../../src/command/index.ts";
import { isFinal, type Command, type CommandProgress } from "../../src/message/index.ts";

const command = (id: string): Command => ({
  id,
  target: "pi/x",
  name: "go",
  args: {},
  issued: 0,
  expires: 1,
  issuer: "",
});

t.test("the same id twice runs once; the second is told where the first stands", async (t) => {
  const told: string[] = [];
  const table = new CommandTable(({ id, state }) => void told.push(`${id} ${state}`));
  t.equal(table.accept(command("a"), 1), "new");
  t.equal(table.apply("a", { type: "run" }, 2), true);
  t.equal(table.accept(command("a"), 3), "known");
  t.same(told, ["a accepted", "a running", "a running"]);
});

t.test("beyond its capacity it forgets the oldest that has ended, and never one that has not", async (t) => {
  const table = new CommandTable(() => {}, 2);
  table.accept(command("a"), 1);
  table.accept(command("b"), 1);
  t.equal(table.accept(command("c"), 1), "full");
  table.apply("b", { type: "succeed" }, 2);
  t.equal(table.accept(command("c"), 3), "new");
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
        const told: CommandProgress[] = [];
        const table = new CommandTable((progress) => void told.push(progress));
        table.accept(command("a"), 0);
        for (const [at, each] of events.entries()) table.apply("a", each, at);
        const states = told.map(({ state }) => state);
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
