import { join } from "node:path";
import t from "tap";
import { noNetworks, Network } from "../support/network.ts";
import { startNetworkAgent } from "../support/network-agent.ts";
import { ToldLines, type Told } from "../support/told-lines.ts";

t.setTimeout(240_000);

const ASKER = join(import.meta.dirname, "../support/asker.ts");
/** A socket is young for 3 s, the next one is made at the next question that fails; and room for a slow machine. */
const RESUMED_MS = 8_000;

t.test("questions and commands over a link that dropped every packet", { skip: noNetworks }, async (t) => {
  const network = Network.open(t);
  const agent = startNetworkAgent(t, network);
  const asker = network.node("far", [ASKER, agent]);
  const told = new ToldLines(asker.stdout);
  await told.first("an answer", 0, (line) => line.answered === true);
  asker.stdin?.write("push\n");
  await told.first("success", 0, (line) => line.state === "succeeded");

  network.silence();
  const silencedMs = performance.now();
  asker.stdin?.write("push\n");
  const isSilent = (line: Told): boolean => line.answered === false;
  const { atMs: firstMs } = await told.first("no answer", silencedMs, isSilent);
  const { atMs: secondMs } = await told.first("no answer", firstMs + 1, isSilent);
  await told.first("no answer", secondMs + 1, isSilent);
  network.restore();
  const restoredMs = performance.now();
  const { atMs: answeredMs } = await told.first("an answer", restoredMs, (line) => line.answered === true);
  const { atMs: doneMs } = await told.first("success", restoredMs, (line) => line.state === "succeeded");

  t.comment(
    `note: after ${ms(restoredMs - silencedMs)} of silence: an answer after ${ms(answeredMs - restoredMs)}, the command's success after ${ms(doneMs - restoredMs)}`,
  );
  t.ok(answeredMs - restoredMs < RESUMED_MS, "a question is answered over a new connection");
  t.ok(doneMs - restoredMs < RESUMED_MS, "the command pushed in the silence runs");
});

function ms(duration: number): string {
  return `${Math.round(duration)} ms`;
}
