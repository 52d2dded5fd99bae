import { setTimeout } from "node:timers/promises";
import { startCliAgent } from "../support/cli-agent.ts";
import { startCliHub, untilOnline } from "../support/hub.ts";
import { connect, type Client } from "../../src/client/index.ts";
import { openPty } from "../support/pty.ts";

const PERIOD_MS = 10;

/** Median time from when the bytes of a reading came to when a subscriber has it: one of the agent, and one of its hub, of the same readings. */
export async function latencies(readings: number): Promise<{ directUs: number; hubUs: number }> {
  const pty = openPty();
  const hub = await startCliHub();
  const agent = await startCliAgent(
    `hub: { address: "${hub.address}" }\ndevices:\n  one: { driver: json-lines, port: ${pty.path}, settings: { metrics: { n: { type: integer } } } }\n`,
  );
  // Another client each, so that neither's socket waits for the other's.
  const clients = [connect(agent.address), connect(hub.address)] as const;
  try {
    await untilOnline(hub, ["pi"]);
    const [direct, byHub] = clients.map((client) => delays(client, readings)) as [Delays, Delays];
    for (let n = 1; !(direct.isFull && byHub.isFull); n++) {
      await pty.write(`{"n":${n}}\n`);
      await setTimeout(PERIOD_MS);
    }
    return { directUs: direct.medianUs(), hubUs: byHub.medianUs() };
  } finally {
    for (const client of clients) client.close();
    await agent.close();
    await hub.close();
    pty.close();
  }
}

interface Delays {
  readonly isFull: boolean;
  medianUs(): number;
}

function delays(client: Client, wanted: number): Delays {
  const all: number[] = [];
  const reading = (async () => {
    for await (const message of client.subscribe("pi/one"))
      if (message.kind === "telemetry")
        all.push((performance.timeOrigin + performance.now()) * 1_000 - message.time);
  })();
  reading.catch(() => {});
  // The first ones find code that has not been compiled yet.
  const skipped = Math.round(wanted / 3);
  return {
    get isFull() {
      return all.length >= wanted + skipped;
    },
    medianUs: () => {
      const sorted = all.slice(skipped, skipped + wanted).sort((a, b) => a - b);
      return sorted[Math.floor(sorted.length / 2)] ?? NaN;
    },
  };
}
