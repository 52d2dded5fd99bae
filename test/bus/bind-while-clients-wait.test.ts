import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { Context, Subscriber } from "zeromq";
import { endpointsOf, Server } from "../../src/bus/index.ts";
import { freeBasePort } from "../support/agent.ts";

const ROUNDS = 10;
const CLIENTS = 50;

t.test("clients that wait for a server do not disturb it while it binds its other sockets", async (t) => {
  const context = new Context();
  for (let round = 0; round < ROUNDS; round++) {
    const endpoints = endpointsOf("127.0.0.1", await freeBasePort());
    const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
    const clients = Array.from({ length: CLIENTS }, (_, at) => {
      const client = new Subscriber({ context, linger: 0, reconnectInterval: 1 });
      client.subscribe(`telemetry/${at}/`);
      client.connect(endpoints.telemetry);
      return client;
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    let subscribed = 0;
    const handlers = {
      onSubscribe: () => void (++subscribed === CLIENTS && resolve()),
      onCommand: () => undefined,
      onQuery: (body: Buffer) => body,
    };
    const server = await Server.open(endpoints, handlers, { folder });
    await promise;
    server.close();
    for (const client of clients) client.close();
    rmSync(folder, { recursive: true });
  }
  t.pass(`${ROUNDS} times all of them were heard`);
});
