import t from "tap";
import { Collector, startAgent } from "../support/agent.ts";
import { RawComponent } from "../support/raw-component.ts";

const DEVICES = {
  pump: {
    commands: {
      once: { arguments: {} },
      again: { arguments: {}, idempotent: true },
    },
  },
};

t.test(
  "commands for a component that is gone: what may run twice runs once after its return, the rest is interrupted",
  async (t) => {
    const test = await startAgent({ components: [{ kind: "foreign", name: "raw" }] });
    t.teardown(() => test.close());
    const first = await RawComponent.attach(test, "raw", DEVICES);
    first.raw.close();

    const seen = new Collector(test.client, ["command/"]);
    const pushes = ["once", "again", "again", "once"].map((name) => test.client.push("pi/pump", name));
    await seen.first("all four", () => seen.messages.filter(running).length === 4);
    const { raw } = await RawComponent.attach(test, "raw", DEVICES);
    t.teardown(() => raw.close());
    const commands = (): string[] =>
      raw.heard
        .slice(raw.heard.findIndex(({ verb }) => verb === "welcome"))
        .filter(({ verb }) => verb === "command")
        .map(({ message }) => String(message["name"]));
    await raw.next(() => commands().length >= 2);
    for (const { verb, message } of raw.heard)
      if (verb === "command") raw.say("progress", { id: message["id"], state: "succeeded" });
    const outcomes = await Promise.all(pushes);
    t.same(
      outcomes.map(({ state, code }) => code ?? state),
      ["interrupted", "succeeded", "succeeded", "interrupted"],
    );
    t.same(commands(), ["again", "again"], "after the welcome each came once");
  },
);

function running(message: Collector["messages"][number]): boolean {
  return message.kind === "command" && message.progress.state === "running";
}

t.test("a component that attaches is told when the agent stops", async (t) => {
  const test = await startAgent({ components: [{ kind: "foreign", name: "raw" }] });
  const { raw } = await RawComponent.attach(test, "raw", DEVICES);
  t.teardown(() => raw.close());
  const stop = raw.next(({ verb }) => verb === "stop");
  await test.close();
  t.same((await stop).message, {});
});
