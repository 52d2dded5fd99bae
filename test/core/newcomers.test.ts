import t from "tap";
import { Newcomers } from "../../src/core/newcomers.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Busy for so long, ms. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

t.test("what is much is said in slices, between which everything else has its turn", async (t) => {
  const STEPS = 60;
  let said = 0;
  const newcomers = new Newcomers(function* () {
    for (let step = 0; step < STEPS; step++) {
      work(1);
      said++;
      yield;
    }
  });
  newcomers.add("state/");
  const seen = new Set<number>();
  while (said < STEPS) {
    await turn();
    seen.add(said);
  }
  t.equal(said, STEPS, "all of it is said");
  t.ok(seen.size > 5, `others had ${seen.size} turns while it was`);
  newcomers.close();
});

t.test("who comes while something is said is answered afterwards, all of them at once", async (t) => {
  const said: string[] = [];
  const newcomers = new Newcomers(function* (prefixes) {
    for (let step = 0; step < 20; step++) {
      work(1);
      said.push(prefixes.join(" "));
      yield;
    }
  });
  newcomers.add("one");
  while (said.length === 0) await turn();
  t.ok(said.length < 20, "it is under way");
  newcomers.add("two");
  newcomers.add("three");
  newcomers.add("two");
  while (said.length < 40) await turn();
  t.same(said, [...Array<string>(20).fill("one"), ...Array<string>(20).fill("two three")]);
  newcomers.close();
});

t.test("once it is closed nothing more is said", async (t) => {
  let said = 0;
  const newcomers = new Newcomers(function* () {
    for (;;) {
      work(1);
      said++;
      yield;
    }
  });
  newcomers.add("");
  while (said === 0) await turn();
  newcomers.add("more");
  newcomers.close();
  const before = said;
  for (let at = 0; at < 20; at++) await turn();
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.equal(said, before);
});
