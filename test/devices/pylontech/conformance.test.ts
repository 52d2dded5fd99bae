import t from "tap";
import {
  PYLONTECH_FRAMES,
  readFrame,
  writeFrame,
  writeQuery,
  type PylontechFrame,
  type Query,
} from "../../../devices/pylontech/protocol.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import { capturesOf } from "../captures.ts";

interface Published {
  readonly name: string;
  readonly frame: string;
}

/** Our queries by the recording's names. */
const QUERIES: readonly (readonly [name: RegExp, query: Query])[] = [
  [/^get analog values/, "analog"],
  [/^get alarm/, "alarms"],
  [/^get serial number/, "serialNumber"],
];

for (const capture of capturesOf("pylontech"))
  t.test(`pylontech ${capture.name}`, async (t) => {
    const commands = (capture.expected["commands"] ?? []) as readonly Published[];
    const frames = framesIn(capture.bytes);
    if (/^x-error|rejects|corrupt/.test(capture.name)) return t.equal(frames.length, 0, "refused");
    if (commands.length === 0) return t.ok(frames.length > 0, "frames are found in it");
    t.strictSame(
      frames.map((bytes) => bytes.toString("latin1")),
      commands.map(({ frame }) => `${frame}\r`),
      "every frame, with its checks right",
    );
    for (const { name, frame } of commands) {
      const { version, address, code, info, ...rest } = readOne(frame);
      t.strictSame(rest, { kind: 0x46 }, name);
      // Ours are always of version 2.0, as these are.
      t.equal(version, 0x20);
      t.equal(writeFrame(code, address, info).toString("latin1"), `${frame}\r`, name);
      const query = QUERIES.find(([pattern]) => pattern.test(name))?.[1];
      if (query)
        t.equal(writeQuery(query, address, info).toString("latin1"), `${frame}\r`, `${name} as ours`);
    }
  });

function framesIn(bytes: Buffer): Buffer[] {
  return new FrameScanner(PYLONTECH_FRAMES)
    .push(bytes)
    .flatMap((item) => (item.type === "frame" ? [item.bytes] : []));
}

function readOne(frame: string): PylontechFrame {
  const [bytes = Buffer.alloc(0)] = framesIn(Buffer.from(`${frame}\r`));
  return readFrame(bytes);
}
