import { createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import t from "tap";
import { endpointsOf, Requester, Server } from "../../src/bus/index.ts";
import { freeBasePort } from "../support/agent.ts";

t.test(
  "a question that nobody answers makes the socket anew, and those still waiting are put again",
  async (t) => {
    const port = await freeBasePort();
    const endpoints = endpointsOf("127.0.0.1", port);
    const requester = Requester.open(endpoints.queries);
    t.teardown(() => requester.close());
    const started = performance.now();
    const patient = requester.request(Buffer.from("patient"), 30_000);
    await t.rejects(requester.request(Buffer.from("hasty"), 3_200), { code: "timed-out" });
    const server = await Server.open(endpoints, {
      onSubscribe: () => {},
      onCommand: () => {},
      onQuery: (body) => body,
    });
    t.teardown(() => server.close());
    t.equal((await patient).toString(), "patient");
    t.comment(`note: answered ${Math.round(performance.now() - started)} ms after it was asked`);
  },
);

t.test(
  "a peer that takes the connection and says nothing is left after five seconds, not before",
  async (t) => {
    const deaf = createServer().listen(0, "127.0.0.1");
    const sockets: Socket[] = [];
    deaf.on("connection", (socket) => sockets.push(socket.on("error", () => {}).resume()));
    await once(deaf, "listening");
    t.teardown(() => {
      for (const socket of sockets) socket.destroy();
      deaf.close();
    });
    const requester = Requester.open(`tcp://127.0.0.1:${(deaf.address() as AddressInfo).port}`);
    t.teardown(() => requester.close());
    await t.rejects(requester.request(Buffer.from("?"), 3_500), { code: "timed-out" });
    t.equal(sockets.length, 1, "a slow link has time to shake hands");
  },
);
