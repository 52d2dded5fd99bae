import { once } from "node:events";
import t, { type Test } from "tap";
import type { DunlinError } from "../../src/base/index.ts";
import { MAX_PENDING_BYTES, openPort, type PortOptions } from "../../src/serial/index.ts";
import { LINE } from "../support/line.ts";
import { PortLog } from "../support/port-log.ts";
import { openBlackHole, SerialServer } from "../support/serial-server.ts";

async function open(t: Test, port: number, options: Partial<PortOptions> = {}, host = "127.0.0.1") {
  const log = new PortLog();
  const lost = Promise.withResolvers<DunlinError>();
  const handlers = { onChunk: log.onChunk, onLost: lost.resolve };
  const opened = await openPort({ kind: "tcp", host, port }, { line: LINE, ...options }, handlers);
  t.teardown(() => opened.close());
  return { port: opened, log, lost: lost.promise };
}

async function listen(t: Test): Promise<SerialServer> {
  const server = await SerialServer.listen();
  t.teardown(() => server.die().catch(() => undefined));
  return server;
}

t.test("bytes pass unchanged, both ways, in order", async (t) => {
  const server = await listen(t);
  const accepted = server.client();
  const { port, log } = await open(t, server.port);
  const client = await accepted;
  const bytes = Buffer.from(Array.from({ length: 10_000 }, (_, i) => i & 0xff));
  client.write(bytes);
  t.same(await log.take(10_000), bytes);
  await Promise.all([port.write(Buffer.from("one ")), port.write(Buffer.from("two"))]);
  const [received] = (await once(client, "data")) as [Buffer];
  t.equal(received.toString(), "one two");
});

t.test("a connection that the other side ends or resets is told once", async (t) => {
  const server = await listen(t);
  const ends = { end: /the other side closed it/, resetAndDestroy: /ECONNRESET/ } as const;
  for (const [end, message] of Object.entries(ends)) {
    const accepted = server.client();
    const { port, lost } = await open(t, server.port);
    (await accepted)[end as keyof typeof ends]();
    t.match(await lost, { code: "port-failed", message });
    await t.rejects(port.write(Buffer.from("?")), { code: "port-failed" });
  }
});

t.test("nothing that listens, and no such host, are missing ports with their remedies", async (t) => {
  const server = await listen(t);
  const { port } = server;
  await server.die();
  const address = `tcp://127\\.0\\.0\\.1:${port}`;
  await t.rejects(open(t, port), {
    code: "port-missing",
    message: new RegExp(`^cannot connect to ${address}: nothing listens there`),
  });
  await t.rejects(open(t, port, {}, "nowhere.invalid"), {
    code: "port-missing",
    message: /nowhere\.invalid/,
  });
});

t.test("a host that does not answer is given up after the time limit", async (t) => {
  const hole = await openBlackHole();
  t.teardown(hole.close);
  await t.rejects(open(t, hole.port, { connectTimeoutMs: 50 }), {
    code: "port-missing",
    message: /no answer/,
  });
});

t.test("connecting can be given up", async (t) => {
  const hole = await openBlackHole();
  t.teardown(hole.close);
  await t.rejects(open(t, hole.port, { signal: AbortSignal.abort() }), { code: "cancelled" });
  const abort = new AbortController();
  const opening = t.rejects(open(t, hole.port, { signal: abort.signal }), { code: "cancelled" });
  setImmediate(() => abort.abort());
  await opening;
});

t.test("more than the bound is refused while the other side takes nothing", async (t) => {
  const server = await listen(t);
  const accepted = server.client();
  const { port } = await open(t, server.port);
  (await accepted).pause();
  // The systems on both sides buffer some MB before anything has to wait here.
  const writes: Promise<unknown>[] = [];
  let refused: unknown;
  while (refused === undefined) {
    const write = port.write(Buffer.alloc(MAX_PENDING_BYTES / 2)).catch((error: unknown) => error);
    writes.push(write);
    refused = await Promise.race([write, new Promise((resolve) => setImmediate(resolve))]);
  }
  t.match(refused, { code: "overloaded" });
  await port.close();
  const errors = (await Promise.all(writes)).filter((error) => error !== undefined);
  t.ok(errors.length > 1, "what waited was rejected");
  for (const error of errors.slice(0, -1)) t.match(error, { code: "cancelled" });
});

t.test("close() is idempotent and tells no loss", async (t) => {
  const server = await listen(t);
  const { port, lost } = await open(t, server.port);
  await Promise.all([port.close(), port.close()]);
  await t.rejects(port.write(Buffer.from("?")), { code: "cancelled" });
  t.equal(await Promise.race([lost, Promise.resolve("no loss")]), "no loss");
});
