import { spawn } from "node:child_process";
import { once } from "node:events";
import { Publisher, Router } from "zeromq";
import { encodeReading } from "../../src/message/index.ts";

export interface BareLoad {
  readonly peers: number;
  readonly batch: number;
  readonly seconds: number;
}

/**
 * Readings/s that a ROUTER of zeromq.js takes and a PUB passes on, each as a message of its own, in a process that does
 * nothing else: no names, no order, no journal. The peers are DEALERs of another process, which send as fast as they can.
 */
export async function bareLoop({ peers, batch, seconds }: BareLoad): Promise<number> {
  const router = new Router();
  const publisher = new Publisher({ sendHighWaterMark: 10_000 });
  await router.bind("tcp://127.0.0.1:*");
  await publisher.bind("tcp://127.0.0.1:*");
  const args = [import.meta.filename, router.lastEndpoint ?? "", String(peers), String(batch)];
  const senders = spawn(process.execPath, args, { stdio: "inherit" });
  let taken = 0;
  const loop = (async () => {
    for await (const [, ...pairs] of router)
      for (let at = 0; at + 1 < pairs.length; at += 2) {
        taken++;
        await publisher.send([pairs[at] as Buffer, pairs[at + 1] as Buffer]);
      }
  })();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const [before, startMs] = [taken, performance.now()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const perSecond = ((taken - before) / (performance.now() - startMs)) * 1_000;
  senders.kill("SIGKILL");
  await once(senders, "exit");
  router.close();
  publisher.close();
  await loop.catch(() => {});
  return perSecond;
}

async function send(endpoint: string, peers: number, batch: number): Promise<void> {
  const { Dealer } = await import("zeromq");
  const body = encodeReading({
    epoch: 1_790_000_000,
    seq: 100_000,
    time: 1_790_000_000_000_000,
    clock: "synced",
    values: { temperature: 21.5, humidity: 43 },
  });
  await Promise.all(
    Array.from({ length: peers }, async (_, at) => {
      const dealer = new Dealer({ sendHighWaterMark: 10 });
      dealer.connect(endpoint);
      const topic = Buffer.from(`telemetry/sim-${String(at).padStart(4, "0")}/sensor/`);
      const message = Array.from({ length: batch }, () => [topic, body]).flat();
      for (;;) await dealer.send(message);
    }),
  );
}

const [endpoint, peers, batch] = process.argv.slice(2);
if (import.meta.main && endpoint !== undefined) await send(endpoint, Number(peers), Number(batch));
