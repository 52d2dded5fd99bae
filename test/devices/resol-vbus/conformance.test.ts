import t from "tap";
import { resolVbus } from "../../../devices/resol-vbus/driver.ts";
import { packetOf, VBUS_STREAMS, writePacket } from "../../../devices/resol-vbus/protocol.ts";
import { addressText } from "../../../devices/resol-vbus/readings.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import { capturesOf } from "../captures.ts";
import { settingsOf } from "../settings.ts";

interface ExpectedPacket {
  readonly hex: string;
  readonly dst: string;
  readonly src: string;
  readonly protocol: string;
  readonly command: string;
  readonly frames: number;
  readonly header_ok: boolean;
  readonly frames_ok: boolean;
  readonly data: string;
}

for (const capture of capturesOf("resol-vbus"))
  t.test(`resol-vbus ${capture.name}`, async (t) => {
    const expected = capture.expected["packets"] as readonly ExpectedPacket[];
    const right = expected.filter(({ header_ok, frames_ok }) => header_ok && frames_ok);
    const streams = streamsIn(capture.bytes);
    t.strictSame(
      streams.map((bytes) => bytes.toString("hex")),
      right.map(({ hex }) => hex),
      "every stream that is right, and no other",
    );
    const packets = right.filter(({ protocol }) => protocol === "1.0");
    t.strictSame(streams.flatMap(described), packets.map(wanted));
    for (const stream of streams) {
      const packet = packetOf(stream);
      if (packet) t.ok(writePacket(packet).equals(stream), "our own writing of it");
    }
    const readings = resolVbus
      .open(settingsOf(resolVbus))
      .push(capture.bytes)
      .flatMap((event) => (event.type === "reading" ? [event.values["source"]] : []));
    const data = packets.filter(({ command, dst, data }) => isData(command, dst) && data !== "");
    t.strictSame(
      readings,
      data.map(({ src }) => src.slice(2).toUpperCase()),
    );
  });

function streamsIn(bytes: Buffer): Buffer[] {
  return new FrameScanner(VBUS_STREAMS)
    .push(bytes)
    .flatMap((item) => (item.type === "frame" ? [item.bytes] : []));
}

function described(stream: Buffer): object[] {
  const packet = packetOf(stream);
  if (!packet) return [];
  return [
    {
      dst: `0x${addressText(packet.destination)}`,
      src: `0x${addressText(packet.source)}`,
      command: `0x${addressText(packet.command)}`,
      frames: packet.payload.length / 4,
      data: packet.payload.toString("hex"),
    },
  ];
}

function wanted({ dst, src, command, frames, data }: ExpectedPacket): object {
  return { dst, src, command, frames, data };
}

function isData(command: string, destination: string): boolean {
  return command === "0x0100" && destination !== "0x0015";
}
