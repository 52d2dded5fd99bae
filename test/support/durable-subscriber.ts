import { connect } from "../../src/client/index.ts";

/**
 * A durable subscriber that says once a second what it has had, as JSON. Arguments: the agent's address, a topic. SIGUSR2 stops
 * its event loop for 15 s, while its sockets' own thread goes on.
 */
const [address = "", topic = ""] = process.argv.slice(2);
const client = connect(address);
const stream = client.subscribeDurable(topic, { from: "start" });
const seen = { readings: 0, disorder: 0, unexplained: 0, lost: 0, epoch: 0, seq: 0 };

setInterval(() => {
  const { replayed, duplicates } = stream;
  const rssBytes = process.memoryUsage.rss();
  process.stdout.write(`${JSON.stringify({ ...seen, replayed, duplicates, rssBytes })}\n`);
}, 1_000);

const BLOCKED_MS = 15_000;
process.on("SIGUSR2", () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS));

for await (const batch of stream.batches())
  for (const message of batch) {
    if (message.kind !== "telemetry" && message.kind !== "lost") continue;
    const from = message.kind === "lost" ? message.from : message.seq;
    const to = message.kind === "lost" ? (message.to ?? from) : message.seq;
    const due = message.epoch === seen.epoch ? seen.seq + 1 : 1;
    if (message.epoch < seen.epoch || from < due) seen.disorder++;
    else if (from > due) seen.unexplained += from - due;
    if (message.kind === "lost") seen.lost += to - from + 1;
    else seen.readings++;
    [seen.epoch, seen.seq] = [message.epoch, to];
  }
