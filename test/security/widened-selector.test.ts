import t from "tap";
import { guarded, signed, withPayload } from "../support/signed-commands.ts";

/** The harness's agent is called pi and has no labels; `true` stands for what a hub says of whom a selector chooses. */
const CHOSEN = true;

t.test(
  "what is signed for a selector runs at those that it chooses by their own labels, whatever a hub says",
  async (t) => {
    for (const [target, state] of [
      ["{site=north}/gps", "rejected"],
      ["{pi-*}/gps", "rejected"],
      ["{pi}/gps", "running"],
      ["{site!=north}/gps", "running"],
    ] as const) {
      const { commands, states } = guarded();
      commands.receive(signed({ target }), CHOSEN);
      t.equal(states().at(-1), state, target);
    }
  },
);

t.test("a selector that somebody widens on the way is no longer what was signed", async (t) => {
  const { commands, published, sent } = guarded();
  const widened = withPayload(signed({ target: "{site=north}/gps" }), (command) => ({
    ...command,
    target: "{*}/gps",
  }));
  commands.receive(widened, CHOSEN);
  t.match(published, [{ state: "rejected", code: "signature-invalid" }]);
  t.same(sent, []);
});
