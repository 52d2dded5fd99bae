import t from "tap";
import { Push, Subscriber, type Socket } from "zeromq";
import type { ClientKeys } from "../../src/client/index.ts";
import type { Role } from "../../src/keys/index.ts";
import { startSecureAgent } from "../support/secure-agent.ts";

/** What a revoked key's connection may last, ms. */
const LIMIT_MS = 2_000;

t.test("revoking a key cuts its connections and no other's", async (t) => {
  const agent = await startSecureAgent();
  t.teardown(() => agent.close());
  const { telemetry, commands } = agent.test.client.endpoints;
  const peers: Peer[] = [];
  // One after the other: which connection is whose is certain then, although all come from one address.
  for (const name of ["stays", "goes"])
    for (const [role, endpoint] of [
      ["read", telemetry],
      ["command", commands],
    ] as const)
      peers.push(
        await connectRaw(name, role, endpoint, agent.keysOf(await agent.allow(`${name}-${role}`, [role]))),
      );
  t.teardown(() => peers.forEach(({ socket }) => socket.close()));

  for (const role of ["read", "command"] as const) {
    const startMs = performance.now();
    agent.revoke(`goes-${role}`, role);
    await peers.find((peer) => peer.name === "goes" && peer.role === role)?.ended;
    const tookMs = performance.now() - startMs;
    t.comment(`note: ${role} cut after ${tookMs.toFixed(0)} ms`);
    t.ok(tookMs < LIMIT_MS, `${role} was cut in time`);
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const { name, role, isUp } of peers) t.equal(isUp(), name === "stays", `${name} for ${role}`);
});

t.test(
  "of those who shook hands at the same moment from one address, none that is revoked stays",
  async (t) => {
    const agent = await startSecureAgent();
    t.teardown(() => agent.close());
    const { telemetry } = agent.test.client.endpoints;
    const names = ["a", "b", "c", "d", "e"];
    const peers = await Promise.all(
      names.map(async (name) =>
        connectRaw(name, "read", telemetry, agent.keysOf(await agent.allow(name, ["read"]))),
      ),
    );
    t.teardown(() => peers.forEach(({ socket }) => socket.close()));
    const [first] = peers;
    agent.revoke("a", "read");
    await first?.ended;
    t.notOk(first?.isUp());
  },
);

interface Peer {
  readonly name: string;
  readonly role: Role;
  readonly socket: Socket;
  readonly isUp: () => boolean;
  /** Its connection has ended. */
  readonly ended: Promise<void>;
}

/** A plain socket, connected. */
async function connectRaw(name: string, role: Role, endpoint: string, keys: ClientKeys): Promise<Peer> {
  const curve = {
    curveServerKey: keys.serverKey,
    curvePublicKey: keys.publicKey,
    curveSecretKey: keys.secretKey,
    linger: 0,
  };
  const socket = role === "read" ? new Subscriber(curve) : new Push(curve);
  const { promise: up, resolve: setUp } = Promise.withResolvers<void>();
  const { promise: ended, resolve: setEnded } = Promise.withResolvers<void>();
  let isUp = false;
  socket.events.on("handshake", () => {
    isUp = true;
    setUp();
  });
  socket.events.on("disconnect", () => {
    isUp = false;
    setEnded();
  });
  if (socket instanceof Subscriber) socket.subscribe("state/");
  socket.connect(endpoint);
  await up;
  return { name, role, socket, isUp: () => isUp, ended };
}
