import { createServer, type AddressInfo } from "node:net";
import { connect } from "node:net";
import t from "tap";
import { openLog } from "../../src/base/index.ts";
import { Insight, type Subject } from "../../src/insight/index.ts";
import { Recent } from "../../src/insight/recent.ts";
import { parseMetrics, valueOf } from "../support/prometheus-text.ts";

const STATUS = { agent: 'a "b"\\\n', version: "1", clock: "synced", refused: 1, journal: { state: "ok" } };

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function open(subject?: Subject) {
  const port = await freePort();
  const lines: string[] = [];
  const log = openLog({ level: "debug", format: "text", write: (line) => void lines.push(line) });
  const insight = await Insight.open({ address: "127.0.0.1", port, log, intervalMs: 0 });
  if (subject) insight.show(subject);
  const url = `http://127.0.0.1:${port}`;
  return { insight, lines, log, port, url };
}

t.test(
  "until there is an agent it says that it is starting, and has the figures of its process",
  async (t) => {
    const { insight, url } = await open();
    t.teardown(() => insight.close());
    const health = await fetch(`${url}/healthz`);
    t.equal(health.status, 503);
    t.match(await health.json(), { status: "failing", reasons: [{ part: "process", state: "starting" }] });
    const scrape = parseMetrics(await (await fetch(`${url}/metrics`)).text());
    t.ok(valueOf(scrape, "process_cpu_seconds_total"));
    t.equal(valueOf(scrape, "dunlin_refused_messages_total"), undefined);
  },
);

t.test("metrics in the text format, escaped, of each moment anew", async (t) => {
  let status: Record<string, unknown> = { ...STATUS, connections: { telemetry: 1 } };
  const { insight, url } = await open({ status: () => status });
  t.teardown(() => insight.close());
  const first = await fetch(`${url}/metrics?x=1`);
  t.equal(first.status, 200);
  t.equal(first.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const scrape = parseMetrics(await first.text());
  t.equal(valueOf(scrape, "dunlin_info", { name: STATUS.agent, role: "agent" }), 1);
  t.equal(valueOf(scrape, "dunlin_refused_messages_total"), 1);
  t.equal(valueOf(scrape, "dunlin_connections", { socket: "telemetry" }), 1);
  t.equal(scrape.types.get("dunlin_refused_messages_total"), "counter");
  t.equal(scrape.types.get("dunlin_connections"), "gauge");
  t.ok(scrape.types.has("nodejs_eventloop_lag_p99_seconds"));

  status = { ...STATUS, refused: 3 };
  const second = parseMetrics(await (await fetch(`${url}/metrics`)).text());
  t.equal(valueOf(second, "dunlin_refused_messages_total"), 3, "not 1 + 3");
  t.equal(valueOf(second, "dunlin_connections"), undefined, "what is gone leaves nothing behind");
});

t.test("200 when all is well", async (t) => {
  const { insight, url } = await open({ status: () => STATUS });
  t.teardown(() => insight.close());
  const health = await fetch(`${url}/healthz`);
  t.equal(health.status, 200);
  t.equal(health.headers.get("content-type"), "application/json");
  t.strictSame(await health.json(), { status: "ok", reasons: [], notes: [] });
});

t.test("it can only be read, at two paths", async (t) => {
  const { insight, url } = await open({ status: () => STATUS });
  t.teardown(() => insight.close());
  const ask = async (method: string, path: string) => (await fetch(url + path, { method })).status;
  t.equal(await ask("GET", "/"), 404);
  t.equal(await ask("GET", "/constructor"), 404);
  t.equal(await ask("POST", "/metrics"), 405);
  t.equal(await ask("DELETE", "/healthz"), 405);
  const head = await fetch(`${url}/metrics`, { method: "HEAD" });
  t.equal(head.status, 200);
  t.equal(await head.text(), "");
});

t.test("a page that cannot be made is 500, is logged, and the next is made", async (t) => {
  let fails = true;
  const { insight, url, lines } = await open({
    status: () => {
      if (fails) throw new Error("no status");
      return STATUS;
    },
  });
  t.teardown(() => insight.close());
  t.equal((await fetch(`${url}/metrics`)).status, 500);
  t.match(lines.join(""), /no status/);
  fails = false;
  t.equal((await fetch(`${url}/metrics`)).status, 200);
});

t.test("garbage and headers without end are cut off, and others served", async (t) => {
  const { insight, url, port } = await open({ status: () => STATUS });
  t.teardown(() => insight.close());
  for (const bytes of [
    Buffer.from("\0\xff no HTTP\r\n\r\n", "latin1"),
    Buffer.from(`GET /metrics HTTP/1.1\r\nx: ${"y".repeat(100_000)}`),
  ]) {
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
      socket.on("data", (chunk) => (text += chunk.toString()));
      socket.on("error", () => {});
      socket.on("close", () => resolve(text));
    });
    t.match(answer, /^HTTP\/1\.1 4\d\d |^$/);
  }
  t.equal((await fetch(`${url}/healthz`)).status, 200);
});

t.test("a port that is taken is an error that says so", async (t) => {
  const { insight, log, port } = await open();
  t.teardown(() => insight.close());
  await t.rejects(Insight.open({ address: "127.0.0.1", port, log }), {
    code: "address-in-use",
    message: /http\.port/,
  });
  await t.rejects(Insight.open({ address: "192.0.2.1", port, log }), { code: "address-invalid" });
});

t.test("close ends it, also for those that are connected", async (t) => {
  const { insight, url, port } = await open();
  const socket = connect(port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  socket.resume();
  t.ok(await fetch(`${url}/healthz`));
  insight.close();
  await ended;
  await t.rejects(fetch(`${url}/healthz`));
});

t.test("what many ask for is made once in an interval", async (t) => {
  let nowMs = 0;
  let made = 0;
  const recent = new Recent(
    async () => ++made,
    1_000,
    () => nowMs,
  );
  t.strictSame(await Promise.all([recent.get(), recent.get()]), [1, 1]);
  nowMs = 999;
  t.equal(await recent.get(), 1);
  nowMs = 1_000;
  t.equal(await recent.get(), 2);
});
