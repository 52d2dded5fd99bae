import t from "tap";
import { Outbox } from "../../src/base/index.ts";

/** A socket whose sends end when the test says so. */
class SlowSocket {
  closed = false;
  readonly sent: string[] = [];
  #pending = 0;
  #release: (() => void) | undefined;

  async send(frames: Buffer | Buffer[]): Promise<void> {
    if (this.#pending > 0) throw new Error("EBUSY: two sends at once");
    this.#pending++;
    await new Promise<void>((resolve) => (this.#release = resolve));
    this.#pending--;
    this.sent.push(frames.toString());
  }

  async release(): Promise<void> {
    this.#release?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

t.test("one send at a time, in order, without the caller waiting", async (t) => {
  const socket = new SlowSocket();
  const outbox = new Outbox(socket, 10);
  for (const text of ["a", "b", "c"]) outbox.send(Buffer.from(text));
  t.equal(outbox.pending, 2, "the first is under way");
  for (let i = 0; i < 3; i++) await socket.release();
  t.same(socket.sent, ["a", "b", "c"]);
  t.equal(outbox.dropped, 0);
});

t.test("a socket that does not take them costs the oldest, counted", async (t) => {
  const socket = new SlowSocket();
  const outbox = new Outbox(socket, 2);
  for (const text of ["a", "b", "c", "d"]) outbox.send(Buffer.from(text));
  t.equal(outbox.dropped, 1);
  for (let i = 0; i < 4; i++) await socket.release();
  t.same(socket.sent, ["a", "c", "d"]);
});

t.test("a send that fails is counted and the next goes on", async (t) => {
  const sent: string[] = [];
  const outbox = new Outbox(
    {
      closed: false,
      send: async (frames) => {
        if (frames.toString() === "bad") throw new Error("EHOSTUNREACH");
        sent.push(frames.toString());
      },
    },
    10,
  );
  for (const text of ["a", "bad", "b"]) outbox.send(Buffer.from(text));
  await new Promise((resolve) => setImmediate(resolve));
  t.same(sent, ["a", "b"]);
  t.equal(outbox.dropped, 1);
});
