import { spawnSync } from "node:child_process";
import t, { type Test } from "tap";
import type { DunlinError } from "../../src/base/index.ts";
import { type LineSettings, MAX_PENDING_BYTES, openPort, type PortOptions } from "../../src/serial/index.ts";
import { LINE } from "../support/line.ts";
import { PortLog } from "../support/port-log.ts";
import { openPty, type Pty } from "../support/pty.ts";

const ALL_BYTES = Buffer.from(Array.from({ length: 512 }, (_, i) => i & 0xff));

async function open(t: Test, pty: Pty, options: Partial<PortOptions> = {}) {
  const log = new PortLog();
  const lost = Promise.withResolvers<DunlinError>();
  const address = { kind: "tty", path: pty.path } as const;
  const port = await openPort(
    address,
    { line: LINE, ...options },
    { onChunk: log.onChunk, onLost: lost.resolve },
  );
  t.teardown(() => port.close());
  return { port, log, lost: lost.promise };
}

function plugIn(t: Test): Pty {
  const pty = openPty();
  t.teardown(() => pty.close());
  return pty;
}

t.test("every byte passes unchanged, both ways", async (t) => {
  const pty = plugIn(t);
  const { port, log } = await open(t, pty);
  await pty.write(ALL_BYTES);
  t.same(await log.take(512), ALL_BYTES);
  await port.write(ALL_BYTES);
  t.same(await pty.take(512), ALL_BYTES);
});

t.test("line settings reach the kernel, unusual baud rates too", async (t) => {
  const IXON = 0o2000;
  const CSTOPB = 0o100;
  const CRTSCTS = 0o20000000000;
  const cases: readonly [LineSettings, { baudRate: number; iflag: number; cflag: number }][] = [
    [LINE, { baudRate: 9600, iflag: 0, cflag: 0 }],
    [
      { ...LINE, baudRate: 74_880 },
      { baudRate: 74_880, iflag: 0, cflag: 0 },
    ],
    [
      { ...LINE, baudRate: 31_250, stopBits: 2 },
      { baudRate: 31_250, iflag: 0, cflag: CSTOPB },
    ],
    [
      { ...LINE, flowControl: "rts-cts" },
      { baudRate: 9600, iflag: 0, cflag: CRTSCTS },
    ],
    [
      { ...LINE, flowControl: "xon-xoff" },
      { baudRate: 9600, iflag: IXON, cflag: 0 },
    ],
  ];
  const pty = plugIn(t);
  for (const [line, expected] of cases) {
    const { port } = await open(t, pty, { line });
    const { baudRate, iflag, cflag } = termios(pty.node);
    t.same({ baudRate, iflag: iflag & IXON, cflag: (cflag & (CSTOPB | CRTSCTS)) >>> 0 }, expected);
    await port.close();
  }
});

t.test("bytes from before the opening are not read", async (t) => {
  const pty = plugIn(t);
  await pty.write("stale");
  const { log } = await open(t, pty, { line: { ...LINE, baudRate: 74_880 } });
  await pty.write("fresh");
  t.equal((await log.take(5)).toString(), "fresh");
});

t.test(
  "a device that takes no bytes does not stop the reading, and is refused more than the bound",
  async (t) => {
    const pty = plugIn(t);
    const { port, log } = await open(t, pty);
    pty.stall();
    const writes = Array.from({ length: MAX_PENDING_BYTES / 4096 }, (_, i) =>
      port.write(Buffer.alloc(4096, i)),
    );
    await pty.write("still here");
    t.equal((await log.take(10)).toString(), "still here");
    await pty.write("and now");
    t.equal((await log.take(7)).toString(), "and now");
    // Some bytes are in the kernel already: so many more that they cannot fit.
    await t.rejects(port.write(Buffer.alloc(MAX_PENDING_BYTES)), {
      code: "overloaded",
      message: /flow control/,
    });
    pty.resume();
    const all = await pty.take(MAX_PENDING_BYTES);
    await Promise.all(writes);
    t.same(all, Buffer.concat(writes.map((_, i) => Buffer.alloc(4096, i))), "in order");
  },
);

t.test("a hang-up is told once, and what waits to be written is rejected with it", async (t) => {
  const pty = plugIn(t);
  const { port, lost } = await open(t, pty);
  pty.stall();
  const write = t.rejects(port.write(Buffer.alloc(60_000)), { code: "port-missing" });
  pty.unplug();
  t.match(await lost, { code: "port-missing", message: `${pty.path} was unplugged` });
  await write;
  await t.rejects(port.write(Buffer.from("?")), { code: "port-missing" });
  await port.close();
});

t.test("close() is idempotent, tells no loss and frees the port", async (t) => {
  const pty = plugIn(t);
  const { port, lost } = await open(t, pty);
  await Promise.all([port.close(), port.close()]);
  await t.rejects(port.write(Buffer.from("?")), { code: "cancelled" });
  await open(t, pty);
  t.equal(await Promise.race([lost, Promise.resolve("no loss")]), "no loss");
});

t.test("a port that is shared is opened twice", async (t) => {
  const pty = plugIn(t);
  await open(t, pty, { exclusive: false });
  await t.rejects(open(t, pty), {
    code: "port-busy",
    message: new RegExp(`this process \\(pid ${process.pid}\\) has it open`),
  });
  const { port } = await open(t, pty, { exclusive: false });
  await port.write(Buffer.from("hello"));
  t.equal((await pty.take(5)).toString(), "hello");
});

t.test("opening can be given up", async (t) => {
  const pty = plugIn(t);
  await t.rejects(open(t, pty, { signal: AbortSignal.abort() }), { code: "cancelled" });
  const abort = new AbortController();
  const opening = t.rejects(open(t, pty, { signal: abort.signal }), { code: "cancelled" });
  abort.abort();
  await opening;
  await open(t, pty);
});

t.test("a device that is no tty is refused", async (t) => {
  const handlers = { onChunk: () => undefined, onLost: () => undefined };
  await t.rejects(openPort({ kind: "tty", path: "/dev/null" }, { line: LINE }, handlers), {
    code: /port-failed|port-busy/,
  });
  const options = { line: LINE, exclusive: false };
  await t.rejects(openPort({ kind: "tty", path: "/dev/null" }, options, handlers), {
    code: "port-failed",
    message: /not a serial port/,
  });
});

/** TCGETS2 of asm-generic/ioctls.h: the one call that tells an unusual baud rate; struct termios2 ends with both speeds. */
const READ_TERMIOS = `
  open my $tty, "+<", $ARGV[0] or die $!;
  my $termios = "\\0" x 44; ioctl($tty, 0x802c542a, $termios) or die $!;
  my ($iflag, $oflag, $cflag, $lflag, @rest) = unpack("L4 C20 L2", $termios);
  print join(" ", $iflag, $cflag, $rest[-1]);
`;

function termios(node: string): { iflag: number; cflag: number; baudRate: number } {
  const { stdout, stderr } = spawnSync("perl", ["-e", READ_TERMIOS, node], { encoding: "utf8" });
  const [iflag, cflag, baudRate] = stdout.split(" ").map(Number);
  if (iflag === undefined || cflag === undefined || baudRate === undefined) throw new Error(stderr);
  return { iflag, cflag, baudRate };
}
