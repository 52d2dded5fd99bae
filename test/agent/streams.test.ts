import t from "tap";
import { StreamTable } from "../../src/agent/streams.ts";
import { encodeReading } from "../../src/message/index.ts";

const EPOCH = 7;
const body = (seq: number, epoch = EPOCH): Buffer =>
  encodeReading({ epoch, seq, time: 1_800_000_000_000_000, clock: "synced", values: { value: seq } });

function open() {
  const published: (readonly Buffer[])[] = [];
  const faults: string[] = [];
  const table = new StreamTable("pi", EPOCH, (frames) => void published.push(frames));
  const { topic } = table.claim("gps", "bridge");
  const send = (bodies: Buffer[], owner = "bridge", trust: "own" | "foreign" = "own"): void =>
    table.receive(
      bodies.flatMap((each) => [Buffer.from(topic), each]),
      owner,
      trust,
      (error) => void faults.push(error.message),
    );
  return { table, published, faults, send };
}

t.test("a reading goes on as the same buffer: nothing is copied", async (t) => {
  const { table, published, send } = open();
  const bodies = [body(1), body(2)];
  send(bodies);
  t.equal(published[0]?.[1], bodies[0]);
  t.equal(published[1]?.[1], bodies[1]);
  t.equal(table.last("gps"), bodies[1]);
  t.same(table.seqs(), { gps: 2 });
});

t.test("a number that was there is refused; one that skips some is taken and the gap counted", async (t) => {
  const { table, published, faults, send } = open();
  send([body(1), body(1), body(5), body(4), body(6)]);
  t.equal(published.length, 3);
  t.same(faults, ["reading 1 of gps where 2 was due", "reading 4 of gps where 6 was due"]);
  t.equal(table.dropped, 3);
});

t.test(
  "another epoch, another's device, an absurd leap, an endless body, broken CBOR: refused",
  async (t) => {
    const { published, faults, send } = open();
    send([body(1, EPOCH - 1), body(2_000_000)]);
    send([body(1)], "intruder");
    send([Buffer.concat([body(1), Buffer.alloc(70_000)])]);
    send([Buffer.concat([body(1), Buffer.from([0])])], "bridge", "foreign");
    t.equal(published.length, 0);
    t.match(faults, [
      /does not begin with this epoch/,
      /was due/,
      /has not declared/,
      /at most 65536/,
      /after the end/,
    ]);
  },
);

t.test("a stream goes on where it was when its component comes again", async (t) => {
  const { table, send } = open();
  send([body(1), body(2)]);
  t.same(table.claim("gps", "bridge"), { topic: "telemetry/pi/gps/", next: 3 });
});

t.test("last values are said again for whoever subscribes to them", async (t) => {
  const { table, published, send } = open();
  send([body(1)]);
  Array.from(table.repeatLast(["telemetry/other/"]));
  t.equal(published.length, 1);
  Array.from(table.repeatLast(["telemetry/pi/", "tele"]));
  t.equal(published.length, 2, "once for all of its prefixes");
});
