import t from "tap";
import { DunlinError } from "../../src/base/index.ts";
import { SharedLine, type Exchange, type LineHandlers } from "../../src/device/index.ts";

/** A shared line over one that is in the test's hands. */
function harness() {
  const written: string[] = [];
  let real: LineHandlers | undefined;
  let opened = 0;
  let closed = 0;
  const line = new SharedLine((handlers) => {
    real = handlers;
    opened++;
    return {
      write: async (bytes) => void written.push(Buffer.from(bytes).toString()),
      close: async () => void closed++,
    };
  });
  const join = (name: string) => {
    const got: string[] = [];
    const device = line.join({
      onChunk: (chunk) => void got.push(`${name} ${Buffer.from(chunk).toString()}`),
      onOpen: () => void got.push(`${name} open`),
      onDown: ({ code }) => got.push(`${name} ${code}`),
    });
    const ask = (text: string, more: Partial<Exchange> = {}): void =>
      device.exchange?.({
        bytes: Buffer.from(text),
        limitMs: 1_000,
        gapMs: 0,
        urgent: false,
        onEnd: () => void got.push(`${name} expired`),
        ...more,
      });
    return { device, got, ask };
  };
  const receive = (text: string): void => real?.onChunk(Buffer.from(text));
  return {
    line,
    join,
    written,
    receive,
    up: () => real?.onOpen(),
    down: (error: DunlinError) => real?.onDown(error),
    counts: () => [opened, closed],
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

t.test("devices take turns, and each hears only what comes in its own", async (t) => {
  const { join, written, receive, up } = harness();
  const [a, b] = [join("a"), join("b")];
  up();
  a.ask("A?");
  b.ask("B?");
  await turn();
  t.same(written, ["A?"], "one at a time");
  receive("A!");
  a.device.release?.();
  await turn();
  t.same(written, ["A?", "B?"]);
  receive("B!");
  t.same(a.got, ["a open", "a A!"]);
  t.same(b.got, ["b open", "b B!"]);
});

t.test("a turn ends by its limit, and the next one's begins", async (t) => {
  const { join, written, up, line, receive } = harness();
  const [a, b] = [join("a"), join("b")];
  up();
  a.ask("A?", { limitMs: 10 });
  b.ask("B?");
  while (written.length < 2) await turn();
  t.same(a.got, ["a open", "a expired"]);
  b.device.release?.();
  await turn();
  receive("late");
  t.equal(line.strayBytes, 4, "what comes in nobody's turn is nobody's");
});

t.test("a command goes before polls that wait", async (t) => {
  const { join, written, up } = harness();
  const [a, b, c] = [join("a"), join("b"), join("c")];
  up();
  a.ask("A?");
  b.ask("B?");
  c.ask("C!", { urgent: true });
  await turn();
  a.device.release?.();
  await turn();
  t.same(written, ["A?", "C!"]);
});

t.test("a line that is lost is lost for all, and what waited is forgotten", async (t) => {
  const { join, written, up, down } = harness();
  const [a, b] = [join("a"), join("b")];
  up();
  a.ask("A?");
  b.ask("B?");
  await turn();
  down(new DunlinError("port-missing", "gone"));
  up();
  await turn();
  t.same(written, ["A?"]);
  t.same([a.got.at(-2), b.got.at(-1)], ["a port-missing", "b open"]);
  b.ask("B again");
  await turn();
  t.same(written, ["A?", "B again"]);
});

t.test("the line is opened by the first device and closed by the last", async (t) => {
  const { join, up, counts, written } = harness();
  const a = join("a");
  up();
  const b = join("b");
  await turn();
  t.same(b.got, ["b open"], "who comes later finds it open");
  a.ask("A?");
  b.ask("B?");
  await turn();
  await a.device.close();
  await turn();
  t.same(written, ["A?", "B?"], "who leaves gives its turn away");
  t.same(counts(), [1, 0]);
  await b.device.close();
  t.same(counts(), [1, 1]);
});
