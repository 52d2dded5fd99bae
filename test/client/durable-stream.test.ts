import t, { type Test } from "tap";
import { DunlinError } from "../../src/base/index.ts";
import {
  connect,
  type Client,
  type DurableOptions,
  type DurableStream,
  type ErrorCode,
  type LostMessage,
  type Message,
} from "../../src/client/index.ts";
import { freeBasePort } from "../support/agent.ts";
import { ModelAgent, ModelJournal } from "../support/model-agent.ts";

type Item = Message | LostMessage;

/** A model agent that says its heartbeat ten times a second, and clients of it. */
class Bench {
  readonly port: number;
  readonly journal = new ModelJournal();
  agent!: ModelAgent;
  epoch = 0;
  readonly #beat = setInterval(() => this.agent?.heartbeat(), 100);
  readonly #clients: Client[] = [];

  private constructor(port: number) {
    this.port = port;
  }

  static async open(t: Test, devices: readonly string[] = ["gps"]): Promise<Bench> {
    const bench = new Bench(await freeBasePort());
    t.teardown(() => bench.close());
    await bench.start(devices);
    return bench;
  }

  async start(
    devices: readonly string[] = ["gps"],
    journalState: "ok" | "off" | "starting" = "ok",
  ): Promise<void> {
    const { port, journal } = this;
    const options = { port, journal, devices, epoch: ++this.epoch, journalState };
    // libzmq closes the sockets of the one before in a thread of its own.
    let agent: ModelAgent | undefined;
    while (!agent) agent = await ModelAgent.open(options).catch(rethrowUnless("address-in-use"));
    this.agent = agent;
  }

  subscribe(topics: string | readonly string[], options: DurableOptions = {}): DurableStream {
    const client = connect(`tcp://127.0.0.1:${this.port}`);
    this.#clients.push(client);
    return client.subscribeDurable(topics, options);
  }

  close(): void {
    clearInterval(this.#beat);
    for (const client of this.#clients) client.close();
    this.agent.close();
  }
}

function rethrowUnless(code: ErrorCode) {
  return (error: DunlinError): undefined => {
    if (error.code !== code) throw error;
  };
}

async function take(stream: DurableStream, count: number): Promise<string[]> {
  const names: string[] = [];
  while (names.length < count) {
    const { value, done } = await stream.next();
    if (done) break;
    names.push(nameOf(value));
  }
  return names;
}

function nameOf(item: Item): string {
  if (item.kind === "telemetry") return `${item.device} ${item.epoch}/${item.seq}`;
  return item.kind === "lost" ? `${item.device} lost ${item.epoch}/${item.from}-${item.to ?? ""}` : item.kind;
}

function names(device: string, epoch: number, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${device} ${epoch}/${from + i}`);
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

t.test("from the start: what is journaled, then what is live, without a seam", async (t) => {
  const bench = await Bench.open(t);
  bench.agent.publish("gps", 2_500, "unseen");
  bench.agent.commit();
  const stream = bench.subscribe("pi/gps", { from: "start" });
  t.same(await take(stream, 2_500), names("gps", 1, 1, 2_500));
  bench.agent.publish("gps", 5);
  t.same(await take(stream, 5), names("gps", 1, 2_501, 2_505), "before they are durable");
  t.same([...stream.cursors()], [["pi/gps", { epoch: 1, seq: 2_505 }]]);
  t.equal(stream.replayed, 2_500);
});

t.test("live from now on, and what is missed on the way is fetched once it is durable", async (t) => {
  const bench = await Bench.open(t);
  bench.agent.publish("gps", 10, "unseen");
  bench.agent.commit();
  const stream = bench.subscribe("pi/gps");
  await until("the stream is known", () => stream.cursors().size === 1);
  bench.agent.publish("gps", 2);
  bench.agent.publish("gps", 3, "unseen");
  bench.agent.publish("gps", 1);
  t.same(await take(stream, 2), names("gps", 1, 11, 12));
  bench.agent.commit();
  t.same(await take(stream, 4), names("gps", 1, 13, 16));
  bench.agent.publish("gps", 1, "unseen");
  bench.agent.commit();
  t.same(await take(stream, 1), names("gps", 1, 17, 17), "the loss of the last one shows in the heartbeat");
});

t.test("a restart of the agent: what was not durable is lost, what came live counts", async (t) => {
  const bench = await Bench.open(t);
  const stream = bench.subscribe("pi/gps", { from: "start" });
  await until("the stream is known", () => stream.cursors().size === 1);
  bench.agent.publish("gps", 3, "unseen");
  bench.agent.commit();
  bench.agent.publish("gps", 2, "unseen");
  bench.agent.publish("gps", 1);
  t.same(await take(stream, 3), names("gps", 1, 1, 3));
  await until("the gap is seen", () => stream.buffered === 1);
  bench.agent.close();
  await bench.start();
  bench.agent.publish("gps", 4, "unseen");
  bench.agent.commit();
  t.same(await take(stream, 2), ["gps lost 1/4-5", "gps 1/6"]);
  t.same(await take(stream, 4), names("gps", 2, 1, 4));
  t.equal(stream.lost, 2);
});

t.test(
  "a restart of the subscriber goes on after the last message taken, not after the last queued",
  async (t) => {
    const bench = await Bench.open(t, ["gps", "air"]);
    for (const device of ["gps", "air"]) bench.agent.publish(device, 50, "unseen");
    bench.agent.commit();
    const first = bench.subscribe("pi", { from: "start" });
    const seen = await take(first, 60);
    const cursors = first.cursors();
    first.close();
    t.equal((await first.next()).done, true, "closed is ended");
    t.same(first.cursors(), cursors);
    const second = bench.subscribe("pi", { from: cursors });
    seen.push(...(await take(second, 40)));
    t.same(new Set(seen), new Set([...names("gps", 1, 1, 50), ...names("air", 1, 1, 50)]));
    t.equal(seen.length, 100);
  },
);

t.test("what retention has deleted is reported in its place", async (t) => {
  const bench = await Bench.open(t);
  bench.agent.publish("gps", 20, "unseen");
  bench.agent.commit();
  bench.journal.retain("gps", 12);
  const stream = bench.subscribe("pi/gps", { from: new Map([["pi/gps", { epoch: 1, seq: 5 }]]) });
  t.same(await take(stream, 9), ["gps lost 1/6-12", ...names("gps", 1, 13, 20)]);
  t.equal(stream.lost, 7);
});

t.test("from a time", async (t) => {
  const bench = await Bench.open(t);
  bench.agent.publish("gps", 20, "unseen");
  bench.agent.commit();
  const stream = bench.subscribe("pi/gps", { from: { timeUs: 1e9 + 15 } });
  t.same(await take(stream, 6), names("gps", 1, 15, 20));
});

t.test("until caught up: also what an earlier epoch had, and it ends when nothing is there", async (t) => {
  const bench = await Bench.open(t);
  bench.agent.publish("gps", 1_200, "unseen");
  bench.agent.commit();
  bench.agent.close();
  await bench.start();
  t.equal((await take(bench.subscribe([], { from: "start", untilCaughtUp: true }), Infinity)).length, 1_200);
  const late = bench.subscribe([], { from: { timeUs: 9e9 }, untilCaughtUp: true });
  t.same(await take(late, Infinity), []);
});

t.test("a slow consumer: memory stays bounded, and nothing is missing in the end", async (t) => {
  const bench = await Bench.open(t);
  const stream = bench.subscribe("pi/gps", { from: "start", capacity: 400 });
  await until("the stream is known", () => stream.cursors().size === 1);
  bench.agent.publish("gps", 1);
  const seen = await take(stream, 1);
  for (let i = 0; i < 50; i++) {
    bench.agent.publish("gps", 200);
    bench.agent.commit();
    await new Promise((resolve) => setTimeout(resolve, 2));
    t.ok(stream.queued + stream.buffered <= 1_200, `${stream.queued} + ${stream.buffered} held`);
  }
  await until("it is full", () => stream.buffered === 400);
  const asked = bench.agent.queries.length;
  await new Promise((resolve) => setTimeout(resolve, 250));
  t.equal(bench.agent.queries.length, asked, "nothing is asked for that there is no room for");
  while (seen.length < 10_001) {
    seen.push(...(await take(stream, 100)));
    if (stream.queued + stream.buffered > 1_200) t.fail(`${stream.queued} + ${stream.buffered} held`);
  }
  t.same(seen, names("gps", 1, 1, 10_001));
});

t.test("without a journal gaps are lost at once", async (t) => {
  const bench = await Bench.open(t);
  bench.agent.close();
  await bench.start(["gps"], "off");
  const stream = bench.subscribe("pi/gps");
  await until("the stream is known", () => stream.cursors().size === 1);
  bench.agent.publish("gps", 1);
  bench.agent.publish("gps", 4, "unseen");
  bench.agent.publish("gps", 1);
  t.same(await take(stream, 3), ["gps 2/1", "gps lost 2/2-5", "gps 2/6"]);
  t.equal(bench.agent.queries.length, 0);
  const resumed = bench.subscribe("pi/gps", { from: new Map([["pi/gps", { epoch: 1, seq: 7 }]]) });
  t.same(
    await take(resumed, 2),
    ["gps lost 1/8-", "gps lost 2/1-6"],
    "how much of an earlier epoch, nobody knows",
  );
  t.same(resumed.cursors().get("pi/gps"), { epoch: 2, seq: 6 });
});

t.test("a journal that starts or is slow is asked again", async (t) => {
  const bench = await Bench.open(t);
  bench.agent.publish("gps", 3, "unseen");
  bench.agent.commit();
  bench.agent.refusal = new DunlinError("overloaded", "the journal is starting");
  const stream = bench.subscribe("pi/gps", { from: "start" });
  await until("it was asked twice", () => bench.agent.queries.length === 2);
  bench.agent.refusal = undefined;
  t.same(await take(stream, 3), names("gps", 1, 1, 3));
});

t.test("a cursor ahead of the agent is reported, and an agent that goes back", async (t) => {
  const bench = await Bench.open(t);
  bench.agent.publish("gps", 3, "unseen");
  const from = (epoch: number, seq: number): DurableOptions => ({
    from: new Map([["pi/gps", { epoch, seq }]]),
  });
  for (const options of [from(1, 4), from(2, 1)])
    await t.rejects(bench.subscribe("pi/gps", options).next(), {
      code: "arguments-invalid",
      message: /ahead of the agent/,
    });
  const stream = bench.subscribe("pi/gps", from(1, 3));
  bench.agent.publish("gps", 1);
  bench.agent.commit();
  t.same(await take(stream, 1), ["gps 1/4"]);
  bench.agent.close();
  bench.epoch = -1;
  await bench.start();
  await t.rejects(stream.next(), { code: "arguments-invalid", message: /now at epoch 0/ });
  t.equal((await stream.next()).done, true);
});

t.test("state is handed over only if the topics ask for it; many streams take turns", async (t) => {
  const devices = Array.from({ length: 8 }, (_, i) => `d${i}`);
  const bench = await Bench.open(t, devices);
  for (const device of devices) bench.agent.publish(device, 3_000, "unseen");
  bench.agent.commit();
  const stream = bench.subscribe(["pi", "state/"], { from: "start" });
  const first = new Set<string>();
  let states = 0;
  let readings = 0;
  for await (const batch of stream.batches()) {
    for (const item of batch) {
      if (item.kind === "state") states++;
      else readings++;
      if (item.kind === "telemetry" && readings <= 8_000) first.add(item.device);
    }
    if (readings === 24_000) break;
  }
  t.equal(first.size, 8, "none has to wait for the others to end");
  t.ok(states > 0);
  const plain = bench.subscribe("pi/d0", { from: "start", untilCaughtUp: true });
  t.notOk((await take(plain, Infinity)).includes("state"));
});

t.test("a device that comes while we listen is read from its first reading", async (t) => {
  const bench = await Bench.open(t);
  const stream = bench.subscribe("pi");
  await until("the agent is known", () => stream.cursors().size === 1);
  bench.agent.publish("air", 2, "unseen");
  bench.agent.publish("air", 1);
  bench.agent.commit();
  t.same(await take(stream, 3), names("air", 1, 1, 3));
});

t.test("the signal and leaving the loop end it", async (t) => {
  const bench = await Bench.open(t);
  const aborted = bench.subscribe("pi", { signal: AbortSignal.abort() });
  t.equal((await aborted.next()).done, true);
  const abort = new AbortController();
  const stream = bench.subscribe("pi", { signal: abort.signal });
  const waiting = stream.next();
  abort.abort();
  t.equal((await waiting).done, true);
});
