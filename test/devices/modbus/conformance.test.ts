import t, { type Test } from "tap";
import { crc16, exceptionText, frameOf, readRequest, type Request } from "../../../devices/modbus/frames.ts";
import { decodeNumber } from "../../../devices/modbus/numbers.ts";
import { planPolls } from "../../../devices/modbus/poll-plan.ts";
import { profileNamed } from "../../../devices/modbus/profiles.ts";
import { ReplyScanner, type ScanItem } from "../../../devices/modbus/reply-scanner.ts";
import { capturesOf, type Capture } from "../captures.ts";

interface Frame {
  readonly dir: "req" | "rsp";
  readonly hex: string;
  readonly address: number;
  readonly function: number;
  readonly crc_ok: boolean;
  readonly start?: number;
  readonly count?: number;
  readonly registers?: readonly number[];
  readonly exception?: number;
}

const TABLES = { 1: "coil", 2: "discrete", 3: "holding", 4: "input" } as const;

function framesOf({ expected }: Capture): readonly Frame[] {
  return (expected["frames"] ?? []) as Frame[];
}

/** The reply as our scanner finds it, with and without what a bus adds, in any cut. */
function scan(frame: Frame, request: Request): (ScanItem | undefined)[] {
  const bytes = Buffer.from(frame.hex, "hex");
  const streams = [[bytes], [Buffer.of(0), bytes, Buffer.of(0)], [...bytes].map((byte) => Buffer.of(byte))];
  return streams.map((chunks) => {
    const scanner = new ReplyScanner("rtu");
    scanner.expect({ unit: frame.address, request, transaction: 0 });
    return chunks.flatMap((chunk) => scanner.push(chunk)).find(({ type }) => type !== "discard");
  });
}

/** What must have been asked for this reply, if no request is given. */
function requestFor(frame: Frame, asked: Frame | undefined): Request {
  const pdu = Buffer.from((asked ?? frame).hex, "hex").subarray(1, -2);
  const answered = Buffer.from(frame.hex, "hex").length - 3;
  return {
    pdu: asked ? pdu : Buffer.of(frame.function),
    replyBytes: frame.exception === undefined ? answered : 0,
  };
}

for (const protocol of ["modbus-rtu", "modbus-sdm", "modbus-xymd02", "senseair-s8", "pzem004t"])
  for (const capture of capturesOf(protocol))
    t.test(`${protocol} ${capture.name}`, async (t) => {
      for (const [i, frame] of framesOf(capture).entries()) {
        const bytes = Buffer.from(frame.hex, "hex");
        t.equal(
          crc16(bytes, 0, bytes.length - 2) === bytes.readUInt16LE(bytes.length - 2),
          frame.crc_ok,
          frame.hex,
        );
        if (frame.dir === "req") asked(t, frame, bytes);
        else answered(t, frame, framesOf(capture)[i - 1]);
      }
      if (capture.name === "nodemodbus-leading-garbage") leadingGarbage(t, capture);
      valuesOf(t, capture);
      t.pass("read");
    });

function asked(t: Test, frame: Frame, bytes: Buffer): void {
  const table = TABLES[frame.function as keyof typeof TABLES];
  if (!table) return;
  const { pdu } = readRequest(table, frame.start ?? 0, frame.count ?? 0);
  t.same(frameOf("rtu", frame.address, pdu, 0), bytes, "our request is the same");
}

function answered(t: Test, frame: Frame, before: Frame | undefined): void {
  for (const item of scan(frame, requestFor(frame, before?.dir === "req" ? before : undefined))) {
    if (frame.exception !== undefined) {
      t.match(item, { type: "exception", code: frame.exception });
      t.match(exceptionText(frame.exception), String(frame.exception));
      continue;
    }
    t.equal(item?.type, "reply", frame.hex);
    if (item?.type !== "reply" || !frame.registers) continue;
    const found = frame.registers.map((_, i) => item.pdu.readUInt16BE(2 + 2 * i));
    t.same(found, frame.registers, "registers");
  }
}

function leadingGarbage(t: Test, { bytes, expected }: Capture): void {
  const request = Buffer.from(String(expected["request"]), "hex");
  const [accepted] = expected["accepted"] as { readonly registers: readonly number[] }[];
  const registers = accepted?.registers ?? [];
  const scanner = new ReplyScanner("rtu");
  const replyBytes = 2 + 2 * registers.length;
  scanner.expect({
    unit: request[0] ?? 0,
    request: { pdu: request.subarray(1, -2), replyBytes },
    transaction: 0,
  });
  const [garbage, reply] = scanner.push(bytes);
  t.same(garbage, { type: "discard", bytes: expected["garbage_prefix_bytes"], reason: "noise" });
  t.equal(reply?.type, "reply");
  if (reply?.type === "reply")
    t.same(
      registers.map((_, i) => reply.pdu.readUInt16BE(2 + 2 * i)),
      registers,
    );
}

/** What the profile makes of the registers. */
function valuesOf(t: Test, capture: Capture): void {
  const values = capture.expected["values"] as Record<string, number> | undefined;
  const reply = framesOf(capture).find(({ dir, registers }) => dir === "rsp" && registers);
  const profile = { "modbus-sdm": "sdm120", "modbus-xymd02": "xy-md02" }[
    String(capture.expected["protocol"])
  ];
  // A clone's other scale wants another profile; what the K30 says is no register.
  if (!values || !reply || profile === undefined || capture.name === "variant-x100") return;
  const pdu = Buffer.from(reply.hex, "hex").subarray(1, -2);
  if (profile === "sdm120")
    return void t.equal(decodeNumber(pdu.subarray(2), 0, "float32", "high-first"), values["voltage"]);
  const [group] = planPolls(profileNamed(profile));
  const found = group?.valuesIn(Buffer.concat([pdu, Buffer.alloc(4)])) ?? {};
  for (const [name, value] of Object.entries(values)) t.equal(found[name], value, name);
}
