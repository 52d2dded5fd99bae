import t from "tap";
import { Witnesses } from "../../../devices/a02yyuw/witnesses.ts";

const believed = (...distances: (number | null)[]): object[] => distances.map((distance) => ({ distance }));

t.test("two frames that touch and agree are believed, and then each that agrees", async (t) => {
  const witnesses = new Witnesses();
  t.same(witnesses.frame(1_000), []);
  t.same(witnesses.frame(1_010), believed(1_000, 1_010));
  t.same(witnesses.frame(1_250), believed(1_250));
  t.same(witnesses.frame(null), believed(null));
  t.same(witnesses.frame(1_200), believed(1_200), "like the last distance that was one");
});

t.test("a jump is believed with the next frame, whatever that says", async (t) => {
  const witnesses = new Witnesses();
  witnesses.frame(1_000);
  witnesses.frame(1_000);
  t.same(witnesses.frame(3_000), []);
  t.same(witnesses.frame(3_010), believed(3_000, 3_010));
  t.same(witnesses.frame(500), []);
  t.same(witnesses.frame(3_000), believed(500), "a short echo between two others");
  t.same(witnesses.frame(3_000), believed(3_000, 3_000));
});

t.test("a frame between other bytes is refused", async (t) => {
  const witnesses = new Witnesses();
  t.same(witnesses.other(), []);
  t.same(witnesses.frame(1_000), []);
  t.same(witnesses.other(), ["refused"]);
});

t.test(
  "a frame that touches others but does not agree, with other bytes after or before it, is refused",
  async (t) => {
    const witnesses = new Witnesses();
    witnesses.frame(1_000);
    witnesses.frame(1_000);
    t.same(witnesses.frame(3_000), []);
    t.same(witnesses.other(), ["refused"]);
    t.same(witnesses.frame(3_000), []);
    t.same(witnesses.frame(1_000), ["refused"]);
    t.same(witnesses.frame(1_000), believed(1_000, 1_000));
  },
);

t.test("silence is witness enough", async (t) => {
  const witnesses = new Witnesses();
  witnesses.frame(1_000);
  t.ok(witnesses.isWaiting);
  t.same(witnesses.silence(), believed(1_000));
  t.notOk(witnesses.isWaiting);
  t.same(witnesses.silence(), []);
  t.same(witnesses.frame(1_010), believed(1_010), "and the next one touches it");
});
