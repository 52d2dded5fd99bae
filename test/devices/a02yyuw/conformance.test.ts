import t from "tap";
import { a02yyuw } from "../../../devices/a02yyuw/driver.ts";
import { FRAMES, readDistance } from "../../../devices/a02yyuw/protocol.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import { capturesOf } from "../captures.ts";
import { wireOf } from "../sds011/wire.ts";
import { settingsOf } from "../settings.ts";

for (const capture of capturesOf("a02yyuw"))
  t.test(`a02yyuw ${capture.name}`, async (t) => {
    const { expected } = capture;
    const bytes = wireOf(capture);
    // Recordings have 0 where there is no distance.
    const accepted = (expected["accepted"] ?? []) as readonly number[];
    const wanted = accepted.map((distance) => (distance === 0 ? null : distance));
    t.not(wanted.length, 0);
    const items = new FrameScanner(FRAMES).push(bytes);
    t.same(
      items.flatMap((item) => (item.type === "frame" ? [readDistance(item.bytes)] : [])),
      wanted,
      "frames",
    );
    const session = a02yyuw.open(settingsOf(a02yyuw));
    // After the recording the line is silent.
    const events = [...session.push(bytes), ...(session.wake?.() ?? [])];
    t.same(
      events.flatMap((event) => (event.type === "reading" ? [event.values["distance"]] : [])),
      wanted,
      "readings",
    );
    const refused = events.flatMap((event) => (event.type === "discard" ? [event.bytes] : []));
    t.equal(
      refused.reduce((sum, size) => sum + size, 0),
      bytes.length - 4 * wanted.length,
      "all other bytes are discarded",
    );
  });
