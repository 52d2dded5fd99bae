import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { DunlinError } from "../../src/base/index.ts";
import { parsePortAddress, type PortAddress } from "../../src/message/index.ts";
import { openPort, ReopeningPort } from "../../src/serial/index.ts";
import { LINE } from "../support/line.ts";
import { PortLog } from "../support/port-log.ts";

/** A recording of these lines, as a port. */
function recorded(t: Test, lines: readonly string[], options = ""): PortAddress {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "a.rec");
  writeFileSync(path, ["dunlin-recording 1 {}", ...lines, ""].join("\n"));
  return parsePortAddress(`file://${path}${options}`);
}

async function open(t: Test, address: PortAddress) {
  const log = new PortLog();
  const lost = Promise.withResolvers<DunlinError>();
  const atMs: number[] = [];
  const openedMs = performance.now();
  const onChunk = (chunk: Uint8Array): void => {
    atMs.push(performance.now() - openedMs);
    log.onChunk(chunk);
  };
  const port = await openPort(address, { line: LINE }, { onChunk, onLost: lost.resolve });
  t.teardown(() => port.close());
  return { port, log, lost: lost.promise, atMs };
}

t.test("what the device said comes again, in order and not before its time", async (t) => {
  const { log, lost, atMs } = await open(t, recorded(t, ["0 < 61", "90 > 7a", "120 < 62", "240 < 63"]));
  t.equal((await log.take(3)).toString(), "abc");
  t.match(await lost, {
    code: "port-missing",
    message: /a\.rec is at its end, after 3 bytes; with \?loop it begins again/,
  });
  t.equal(atMs.length, 3);
  for (const [i, ms] of [0, 120, 240].entries()) t.ok((atMs[i] ?? -1) >= ms, `${atMs[i]} ms, due at ${ms}`);
});

t.test("a speed shortens the waits, and 0 leaves them out", async (t) => {
  const quick = await open(t, recorded(t, ["0 < 61", "2000 < 62"], "?speed=10"));
  await quick.lost;
  t.ok((quick.atMs[1] ?? 0) >= 200);
  const day = 24 * 3_600_000;
  const lines = Array.from({ length: 500 }, (_, i) => `${i * day} < 0${i % 10}`);
  const all = await open(t, recorded(t, lines, "?speed=0"));
  await all.lost;
  t.same(
    [...(await all.log.take(500))],
    Array.from({ length: 500 }, (_, i) => i % 10),
  );
});

t.test("others have their turn while a recording goes by as fast as it can", async (t) => {
  const { log, port } = await open(t, recorded(t, ["0 < 61", "1 < 62"], "?speed=0&loop"));
  await log.take(1_000);
  await new Promise((resolve) => setTimeout(resolve, 1));
  await port.close();
  t.pass("a timer came in between");
});

t.test("with loop it begins again, after a second of the recording's own time", async (t) => {
  const { log, port, atMs } = await open(t, recorded(t, ["50 < 61", "100 < 62"], "?loop&speed=10"));
  t.equal((await log.take(6)).toString(), "ababab");
  // 50, 100, then 1100 + 50, …, ten times as fast.
  for (const [i, ms] of [5, 10, 115, 120, 225, 230].entries())
    t.ok((atMs[i] ?? -1) >= ms, `${i}: ${atMs[i]}`);
  await port.close();
});

t.test("a recording without a byte of the device is at its end, also with loop", async (t) => {
  const { lost } = await open(t, recorded(t, ["0 > 61", "0 ! gone"], "?loop&speed=0"));
  t.match(await lost, { code: "port-missing", message: /has no bytes of the device/ });
});

t.test("what is written is not heard; after the end it is an error", async (t) => {
  const { port, lost, log } = await open(t, recorded(t, ["0 < 61", "1 < 62"], "?speed=0"));
  await port.write(Buffer.from("hello"));
  await t.rejects(port.write(Buffer.from("hello"), AbortSignal.abort()), { code: "cancelled" });
  await lost;
  t.equal((await log.take(2)).toString(), "ab");
  await t.rejects(port.write(Buffer.from("hello")), { code: "port-missing" });
});

t.test("closing ends it in the middle of a wait, without a loss", async (t) => {
  const { port, log, lost } = await open(t, recorded(t, ["0 < 61", "3600000 < 62"]));
  void lost.then(() => t.fail("lost"));
  await log.take(1);
  await Promise.all([port.close(), port.close()]);
  await t.rejects(port.write(Buffer.from("?")), { code: "cancelled" });
});

t.test("a fault in the file ends the line where it is", async (t) => {
  const { log, lost } = await open(t, recorded(t, ["0 < 61", "# until here", "1 < 6"], "?speed=0"));
  t.match(await lost, { code: "recording-invalid", message: /a\.rec:4: expected bytes as pairs/ });
  t.equal((await log.take(1)).toString(), "a", "what came before it was played");
});

t.test("what is no recording is not opened", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "folder"));
  writeFileSync(join(folder, "text"), "$GPGGA\n");
  const handlers = { onChunk: () => undefined, onLost: () => undefined };
  const opening = (name: string, signal?: AbortSignal) =>
    openPort(
      { kind: "file", path: join(folder, name), speed: 1, loop: false },
      { line: LINE, ...(signal && { signal }) },
      handlers,
    );
  await t.rejects(opening("absent"), { code: "port-missing", message: /there is no recording .*absent/ });
  await t.rejects(opening("text/in-a-file"), { code: "port-missing" });
  await t.rejects(opening("folder"), { code: "port-failed", message: /is no recording: it is not a file/ });
  await t.rejects(opening("text"), { code: "recording-invalid", message: /text:1: this is no recording/ });
  await t.rejects(opening("text", AbortSignal.abort()), { code: "cancelled" });
});

t.test("a port that comes back waits longer each time, and does not spin", async (t) => {
  const log = new PortLog();
  const port = ReopeningPort.open(recorded(t, ["0 < 61"], "?speed=0"), {
    line: LINE,
    onChunk: log.onChunk,
    onState: log.onState,
    backoff: { firstMs: 20, maxMs: 80 },
  });
  t.teardown(() => port.close());
  const attempts: number[] = [];
  for (let i = 0; i < 3; i++) {
    t.match(await log.until("lost"), { error: { message: /at its end/ } });
    attempts.push((await log.until("waiting")).attempt);
  }
  t.same(attempts, [1, 2, 3]);
  t.equal((await log.take(3)).toString(), "aaa", "from its beginning each time");
});
