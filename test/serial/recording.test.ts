import t from "tap";
import {
  formatHeader,
  formatItem,
  MAX_CHUNK_BYTES,
  MAX_RECORDING_LINE_BYTES,
  type RecordedItem,
  RecordingParser,
} from "../../src/serial/index.ts";

const HEADER = "dunlin-recording 1 {}\n";

function parse(text: string | Uint8Array): { parser: RecordingParser; items: RecordedItem[] } {
  const parser = new RecordingParser("gps.rec");
  const items = parser.push(Buffer.from(text));
  parser.end();
  return { parser, items };
}

const chunk = (atMs: number, direction: "<" | ">", text: string): RecordedItem => ({
  kind: "chunk",
  atMs,
  direction,
  bytes: Buffer.from(text),
});

t.test("a recording is a line of what it is, and a line for each chunk and gap", async (t) => {
  const header = {
    port: "/dev/serial/by-id/usb GPS",
    line: { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1, flowControl: "none" },
    driver: "nmea0183",
    start: "2026-03-01T12:00:00.000Z",
    dunlin: "0.1.0",
  } as const;
  const items: RecordedItem[] = [
    chunk(0, "<", "$GPGGA,\r\n"),
    chunk(12, ">", "\0\xff#"),
    { kind: "gap", atMs: 12, text: "/dev/ttyUSB0 was unplugged" },
  ];
  const text = formatHeader(header) + items.map(formatItem).join("");
  t.equal(
    text,
    `dunlin-recording 1 ${JSON.stringify(header)}
0 < 2447504747412c0d0a # $GPGGA,..
12 > 00c3bf23 # ...#
12 ! /dev/ttyUSB0 was unplugged
`,
  );
  const read = parse(text);
  t.same(read.parser.header, header);
  t.same(read.items, items);
});

t.test("what a person makes of it is taken: comments, empty lines, spaces, capitals, CRLF", async (t) => {
  const text = `dunlin-recording 1 {"driver":"nmea0183"}
# by hand

5 < 24 47 4A # three
5 <   `;
  t.throws(() => parse(`${text}\n`), { message: /^gps\.rec:5: expected bytes after </ });
  const edited = text.replace("5 <   ", "7 < 0A\n7 ! a cable pulled # by me");
  const wanted: RecordedItem[] = [
    chunk(5, "<", "$GJ"),
    chunk(7, "<", "\n"),
    { kind: "gap", atMs: 7, text: "a cable pulled # by me" },
  ];
  t.same(parse(`${edited}\n`).items, wanted);
  t.same(parse(`${edited}\n`.replaceAll("\n", "\r\n")).items, wanted);
});

t.test("a fault is told with file and line", async (t) => {
  const faults: Record<string, RegExp> = {
    "5 24\n": /^gps\.rec:2: expected <, > or ! after the milliseconds, found "5 24"/,
    "# x\n5 < 2\n": /^gps\.rec:3: expected bytes as pairs of hexadecimal digits after <, found "5 < 2"/,
    "5 < 2g\n": /:2: expected bytes as pairs/,
    "5 < 24,47\n": /:2: expected bytes as pairs/,
    "5 < 2 4\n": /:2: expected bytes as pairs/,
    "5 <  24\n": /:2: expected bytes after </,
    "5 < # 24\n": /:2: expected bytes after </,
    "5 !\n": /:2: expected a text after !/,
    "5 ? 24\n": /:2: expected <, > or !/,
    "5.5 < 24\n": /:2: expected the milliseconds/,
    "-5 < 24\n": /:2: expected the milliseconds/,
    " 5 < 24\n": /:2: expected the milliseconds/,
    "1234567890123 < 24\n": /:2: expected the milliseconds/,
    "5 < 24\n4 < 24\n": /:3: time goes back, from 5 to 4 ms/,
    "5 < 24": /:2: the file ends within this line/,
    [`5 < ${"00".repeat(MAX_CHUNK_BYTES + 1)}\n`]: /:2: 4097 bytes on one line: at most 4096/,
    [`#${"x".repeat(MAX_RECORDING_LINE_BYTES)}\n`]: /:2: longer than 32768 bytes/,
    [`#${"x".repeat(MAX_RECORDING_LINE_BYTES)}`]: /:2: longer than 32768 bytes/,
  };
  for (const [lines, message] of Object.entries(faults))
    t.throws(
      () => parse(HEADER + lines),
      { code: "recording-invalid", message, context: { file: "gps.rec" } },
      lines.slice(0, 40),
    );
  t.throws(() => parse(Buffer.concat([Buffer.from(`${HEADER}# `), Buffer.of(0xc3, 0x0a)])), {
    message: /:2: this is not text in UTF-8/,
  });
});

t.test("a file that is no recording, or one from the future, is told so at its first line", async (t) => {
  const faults: Record<string, RegExp> = {
    "": /^gps\.rec:1: this is no recording: the file is empty/,
    "\n": /^gps\.rec:1: this is no recording: its first line must begin with dunlin-recording 1/,
    "$GPGGA,1\n": /its first line must begin with/,
    "\ufeffdunlin-recording 1 {}\n": /its first line must begin with/,
    "dunlin-recording\n": /its first line must begin with/,
    "dunlin-recording 2 {}\n": /version 2: this Dunlin reads version 1/,
    "dunlin-recording 1\n": /expected a JSON object/,
    "dunlin-recording 1 port=/dev/ttyS0\n": /expected a JSON object/,
    "dunlin-recording 1 []\n": /expected a JSON object/,
    'dunlin-recording 1 {"prot":"x"}\n': /"prot" is not in a header: there are port, line/,
    'dunlin-recording 1 {"__proto__":1}\n': /"__proto__" is not in a header/,
    'dunlin-recording 1 {"driver":7}\n': /driver cannot be 7/,
    'dunlin-recording 1 {"start":"yesterday"}\n': /start cannot be "yesterday"/,
    'dunlin-recording 1 {"start":"2026-99-99T00:00:00Z"}\n': /start cannot be/,
    'dunlin-recording 1 {"line":{"parity":"evn"}}\n': /line\.parity cannot be "evn"/,
    'dunlin-recording 1 {"line":{"baud":9600}}\n': /"line\.baud" is not in a header/,
    'dunlin-recording 1 {"settings":[]}\n': /settings cannot be \[\]/,
  };
  for (const [text, message] of Object.entries(faults))
    t.throws(() => parse(text), { code: "recording-invalid", message }, JSON.stringify(text));
});

t.test("a chunk that is longer than a line may be is several lines of one time", async (t) => {
  const bytes = Buffer.alloc(MAX_CHUNK_BYTES + 1, 0x41);
  const { items } = parse(HEADER + formatItem({ kind: "chunk", atMs: 3.9, direction: "<", bytes }));
  t.same(
    items.map((item) => [item.atMs, item.kind === "chunk" ? item.bytes.length : 0]),
    [
      [3, MAX_CHUNK_BYTES],
      [3, 1],
    ],
  );
});

t.test("a note with a line separator of Unicode's is one line, and is read again", async (t) => {
  const item = { kind: "gap", atMs: 5, text: "lost\u2028and found" } as const;
  t.same(parse(HEADER + formatItem(item)).items, [item]);
});
