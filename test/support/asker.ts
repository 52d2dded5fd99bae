/**
 * A client that asks for the agent's status again and again, and says whether it was answered; a line on its standard
 * input makes it push a command, whose states it says. Argument: the agent's address.
 */
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { connect } from "../../src/client/index.ts";

/** Shorter than the default: the first question during a silence must not hide what the next ones do. */
const TIMEOUT_MS = 2_000;
const PAUSE_MS = 100;

const client = connect(process.argv[2]);
const say = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

const input = createInterface(process.stdin);
// Nobody who could end it is left.
input.on("close", () => process.exit());
input.on("line", () => {
  void client.push(
    "pi/greenhouse",
    "fan",
    { on: true },
    { expiresMs: 60_000, onProgress: ({ state }) => say({ state }) },
  );
});

for (;;) {
  const answer = client.query("status", {}, { timeoutMs: TIMEOUT_MS });
  say({
    answered: await answer.then(
      () => true,
      () => false,
    ),
  });
  await setTimeout(PAUSE_MS);
}
