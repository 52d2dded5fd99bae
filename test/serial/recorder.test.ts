import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { MAX_CHUNK_BYTES, Recorder, RecordingParser } from "../../src/serial/index.ts";

function fileIn(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return join(folder, "a.rec");
}

t.test("what was flushed is in the file, in whole lines, while it goes on", async (t) => {
  const path = fileIn(t);
  const recorder = Recorder.create(path, { driver: "nmea0183" }, { overwrite: false });
  t.equal(readFileSync(path, "utf8"), 'dunlin-recording 1 {"driver":"nmea0183"}\n', "the header at once");
  recorder.chunk(Buffer.from("one"));
  recorder.gap("gone\nfor a while");
  recorder.flush();
  recorder.chunk(Buffer.from("two"));
  t.match(readFileSync(path, "utf8"), /^\d+ < 6f6e65 # one\n\d+ ! gone for a while\n$/m);
  recorder.close();
  t.match(readFileSync(path, "utf8"), /\d+ < 74776f # two\n$/);
  t.equal(recorder.bytes, 6);
});

t.test("a fast line does not wait for the flush", async (t) => {
  const path = fileIn(t);
  const recorder = Recorder.create(path, {}, { overwrite: false });
  for (let i = 0; i < 100; i++) recorder.chunk(Buffer.alloc(MAX_CHUNK_BYTES, i));
  const parser = new RecordingParser(path);
  t.ok(parser.push(readFileSync(path)).length >= 90);
  parser.end();
  recorder.close();
});

t.test("a file that is there is not written over unasked", async (t) => {
  const path = fileIn(t);
  writeFileSync(path, "dear\n");
  t.throws(() => Recorder.create(path, {}, { overwrite: false }), {
    code: "usage",
    message: /is there already: .*--force/,
  });
  t.equal(readFileSync(path, "utf8"), "dear\n");
  Recorder.create(path, {}, { overwrite: true }).close();
  t.equal(readFileSync(path, "utf8"), "dunlin-recording 1 {}\n");
  t.throws(() => Recorder.create(`${path}/no`, {}, { overwrite: true }), {
    code: "usage",
    message: /cannot write to/,
  });
});

t.test("a full disk is told, once", async (t) => {
  t.throws(() => Recorder.create("/dev/full", {}, { overwrite: true }), { code: "disk-full" });
});
