import t from "tap";
import { AgentLink } from "../../src/hub/agent-link.ts";
import { Credits } from "../../src/hub/credits.ts";
import { decodeFromHub } from "../../src/message/index.ts";

const WINDOW = 1_000;

function link(agent: string) {
  const said: number[] = [];
  const hello = { protocol: 1, agent, version: "0", labels: {}, epoch: 1 };
  const one = new AgentLink(hello, agent, 0, WINDOW, (frames) => {
    const message = decodeFromHub(String(frames[0]), frames[1]);
    if (message.verb === "credit") said.push(message.total);
  });
  return { link: one, said };
}

t.test(
  "what is durable is granted again to whose it was, in the journal's order, and not before",
  async (t) => {
    const credits = new Credits();
    const [a, b] = [link("a"), link("b")];
    credits.journaling(a.link, 600);
    credits.journaling(b.link, 600);
    credits.tell();
    t.strictSame([a.said, b.said], [[], []], "nothing is durable");
    credits.settle(700);
    credits.tell();
    t.strictSame(
      [a.said, b.said],
      [[WINDOW + 600], []],
      "b's first hundred are too few to be worth a message",
    );
    credits.settle(500);
    credits.tell();
    t.strictSame(b.said, [WINDOW + 600]);
  },
);

t.test(
  "many small grants make one message, and at least three quarters of the window are always free",
  async (t) => {
    const credits = new Credits();
    const { link: one, said } = link("a");
    for (let n = 0; n < 24; n++) {
      credits.journaling(one, 10);
      credits.settle(10);
      credits.tell();
    }
    t.strictSame(said, []);
    credits.journaling(one, 10);
    credits.settle(10);
    credits.tell();
    t.strictSame(said, [WINDOW + 250]);
  },
);

t.test("what came by replay is nobody's", async (t) => {
  const credits = new Credits();
  const { link: one, said } = link("a");
  credits.journaling(undefined, 5_000);
  credits.journaling(one, 500);
  credits.settle(5_000);
  credits.tell();
  t.strictSame(said, []);
  credits.settle(500);
  credits.tell();
  t.strictSame(said, [WINDOW + 500]);
});

t.test("the fewer agents there are, the more each may have on the way, within bounds", async (t) => {
  t.equal(Credits.of(1), 1024 * 1024);
  t.equal(Credits.of(100_000), 32 * 1024);
  t.ok(Credits.of(100) > Credits.of(1_000));
});
