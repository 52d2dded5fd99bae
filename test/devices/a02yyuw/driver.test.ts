import t from "tap";
import { a02yyuw } from "../../../devices/a02yyuw/driver.ts";
import { writeDistance } from "../../../devices/a02yyuw/protocol.ts";
import type { Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const open = (): Session => a02yyuw.open(settingsOf(a02yyuw));
const frames = (...distances: (number | null)[]): Buffer => Buffer.concat(distances.map(writeDistance));
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const reading = (distance: number | null): object => ({ type: "reading", values: { distance } });
const noise = (bytes: number): object => ({ type: "discard", bytes, reason: "noise" });
const WAKE = { type: "wake", afterMs: 50 };

/** A session that believes what touches and agrees. */
function trusting(): Session {
  const session = open();
  session.push(frames(1_953, 1_953));
  return session;
}

t.test("the first frame is believed after the silence that follows it", async (t) => {
  const session = open();
  t.same(session.push(hex("a1a7 ff07a1a7")), [noise(2), WAKE]);
  t.same(session.wake?.(), [reading(1_953)]);
  t.same(session.wake?.(), []);
  t.same(session.push(frames(1_950)), [reading(1_950)], "and what is like it at once");
});

t.test("silence is none while the next frame comes", async (t) => {
  const session = open();
  session.push(frames(1_953));
  session.push(hex("ff07"));
  t.same(session.wake?.(), []);
  t.same(session.push(hex("a1a7")), [reading(1_953), reading(1_953)]);
});

t.test("nothing within reach is no distance", async (t) => {
  t.same(trusting().push(hex("ff0000ff")), [reading(null)]);
});

t.test("a distance that no sensor has is noise", async (t) => {
  t.same(trusting().push(Buffer.concat([hex("ff7fffFd"), frames(1_953)])), [noise(4), WAKE]);
});

t.test("a wrong sum, and a frame cut off", async (t) => {
  t.same(trusting().push(Buffer.concat([hex("ff07a1a8"), frames(1_953, 1_953)])), [
    { type: "discard", bytes: 4, reason: "checksum" },
    WAKE,
    reading(1_953),
    reading(1_953),
  ]);
  t.same(trusting().push(Buffer.concat([hex("ff07"), frames(1_953, 1_953)])), [
    { type: "discard", bytes: 2, reason: "truncated" },
    WAKE,
    reading(1_953),
    reading(1_953),
  ]);
});

t.test("the head's byte as a low byte and as a sum", async (t) => {
  // 07FF and 07F9, whose sums are 05 and FF.
  t.same(trusting().push(hex("ff07ff05 ff07f9ff")), [reading(2_047), reading(2_041)]);
});

t.test("a frame in noise is noise", async (t) => {
  const session = trusting();
  t.same(session.push(hex("001122 ff010000 334455")), [noise(3), WAKE]);
  t.same(session.wake?.(), []);
  t.same(session.push(frames(1_953, 1_953)), [noise(4), noise(3), WAKE, reading(1_953), reading(1_953)]);
});

t.test("no part of a frame is a reading", async (t) => {
  for (let end = 0; end < 4; end++) {
    const session = trusting();
    t.same(session.push(frames(1_953).subarray(0, end)), []);
    t.same(session.wake?.(), []);
  }
});
