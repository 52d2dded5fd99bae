import { connect as connectTcp } from "node:net";
import { once } from "node:events";
import t from "tap";
import {
  endpointsOf,
  Pusher,
  Requester,
  Server,
  Subscription,
  type Connections,
} from "../../src/bus/index.ts";
import { freeBasePort } from "../support/agent.ts";

async function until(server: Server, expected: Connections): Promise<Connections> {
  const wanted = JSON.stringify(expected);
  const signal = AbortSignal.timeout(10_000);
  while (JSON.stringify(server.connections) !== wanted && !signal.aborted)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return server.connections;
}

t.test("a server counts who is connected, by socket, and forgets who leaves", async (t) => {
  const port = await freeBasePort();
  const endpoints = endpointsOf("127.0.0.1", port);
  const server = await Server.open(endpoints, {
    onSubscribe: () => {},
    onCommand: () => {},
    onQuery: (body) => body,
  });
  t.teardown(() => server.close());
  t.same(server.connections, { telemetry: 0, commands: 0, queries: 0 });

  const subscriptions = [1, 2, 3].map(() =>
    Subscription.open(endpoints.telemetry, ["state/"], { onMessage: () => {} }),
  );
  const pusher = Pusher.open(endpoints.commands);
  const requester = Requester.open(endpoints.queries);
  const all = { telemetry: 3, commands: 1, queries: 1 };
  t.same(await until(server, all), all);

  for (const one of [...subscriptions.slice(1), pusher, requester]) one.close();
  const one = { telemetry: 1, commands: 0, queries: 0 };
  t.same(await until(server, one), one);
  subscriptions[0]?.close();

  const scan = connectTcp(port, "127.0.0.1");
  await once(scan, "connect");
  scan.end("GET / HTTP/1.1\r\n\r\n");
  await once(scan.resume(), "close");
  const none = { telemetry: 0, commands: 0, queries: 0 };
  t.same(await until(server, none), none, "also who never spoke ZMTP");
});

t.test("a server that is closed under its clients ends quietly", async (t) => {
  for (let round = 0; round < 20; round++) {
    const endpoints = endpointsOf("127.0.0.1", await freeBasePort());
    const server = await Server.open(endpoints, {
      onSubscribe() {},
      onCommand() {},
      onQuery: (body) => body,
    });
    const requester = Requester.open(endpoints.queries);
    t.equal((await requester.request(Buffer.from("?"))).toString(), "?", `round ${round + 1}`);
    server.close();
    requester.close();
  }
});
