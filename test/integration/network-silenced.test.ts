import { join } from "node:path";
import t from "tap";
import { noNetworks, Network } from "../support/network.ts";
import { startNetworkAgent } from "../support/network-agent.ts";
import { isLink, isSeq, ToldLines, type Told } from "../support/told-lines.ts";

const support = (name: string): string => join(import.meta.dirname, "../support", name);

t.setTimeout(120_000);

const ROUNDS = 3;
const PUBLISHER_PORT = 5655;
/** Three heartbeats, and room for a slow machine. */
const LOST_MS = 5_000;
/** The promise is 2 s; and room for a slow machine. */
const RESUMED_MS = 4_000;

t.test("a link that drops every packet", { skip: noNetworks }, async (t) => {
  const network = Network.open(t);
  const agent = startNetworkAgent(t, network);
  const listen = [Network.near, String(PUBLISHER_PORT)];
  const publisher = new ToldLines(network.node("near", [support("publisher.ts"), ...listen]).stdout);
  const watch = (address: string, topic: string): ToldLines =>
    new ToldLines(network.node("far", [support("link-watcher.ts"), address, topic]).stdout);
  const subscriber = watch(agent, "pi/gps");
  const other = watch(listen.join(":"), "pi");
  await subscriber.first("readings", 0, isSeq);
  await other.first("heartbeats", 0, isLink("live"));
  await publisher.first("the subscriber", 0, hasConnections(1));

  for (let round = 1; round <= ROUNDS; round++) {
    network.silence();
    const silencedMs = performance.now();
    const { atMs: lostMs } = await subscriber.first("the loss", silencedMs, isLink("lost"));
    const heardMs = subscriber.last(isSeq)?.atMs ?? NaN;
    await other.first("the loss", silencedMs, isLink("lost"));
    const { atMs: goneMs } = await publisher.first("no connection", silencedMs, hasConnections(0));
    network.restore();
    const restoredMs = performance.now();
    const { atMs: resumedMs } = await subscriber.first("a reading", restoredMs, isSeq);
    await other.first("heartbeats", restoredMs, isLink("live"));
    await publisher.first("the subscriber", restoredMs, hasConnections(1));

    t.comment(
      `note: round ${round}: lost ${ms(lostMs - silencedMs)} after the silence began (last reading ${ms(lostMs - heardMs)} before),` +
        ` gone at the agent's side after ${ms(goneMs - silencedMs)}, readings ${ms(resumedMs - restoredMs)} after the link's return`,
    );
    t.ok(lostMs - silencedMs < LOST_MS, "the subscriber knows within three heartbeats");
    t.ok(goneMs - silencedMs < LOST_MS, "so does the publisher");
    t.ok(resumedMs - restoredMs < RESUMED_MS, "readings come again within 2 s");
  }
});

function hasConnections(count: number) {
  return (told: Told): boolean => told.connections?.["telemetry"] === count;
}

function ms(duration: number): string {
  return `${Math.round(duration)} ms`;
}
