import t, { type Test } from "tap";
import { BEGIN, POLL, requestsOf } from "../../../devices/sps30/commands.ts";
import { sps30 } from "../../../devices/sps30/driver.ts";
import { requestOf } from "../../../devices/sps30/protocol.ts";
import { FlagSplitter, readAnswer, readRequest } from "../../../devices/sps30/shdlc.ts";
import { VALUES } from "../../../devices/sps30/values.table.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { wireOf } from "../sds011/wire.ts";
import { settingsOf } from "../settings.ts";

interface Published {
  readonly name: string;
  readonly hex: string;
  readonly hex_stuffed?: string;
  readonly checksum_ok?: boolean;
}

interface Frame {
  readonly address: number;
  readonly cmd: number;
  readonly state: number;
  readonly length: number;
  readonly values?: readonly number[];
  readonly checksum_ok?: boolean;
}

const hexOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");
const written = (name: string, index: number): string => hexOf(requestsOf(name, {})[index]?.bytes);

/** What our commands write, by the recording's names. */
const OURS: Readonly<Record<string, string>> = {
  "start measurement (float)": hexOf(BEGIN[1]?.bytes),
  stop: written("sleep", 0),
  "read values": hexOf(POLL[0]?.bytes),
  sleep: written("sleep", 1),
  // Without the edge before it.
  "wake (after 0xFF pulse)": written("wake", 0).slice(2),
  "fan cleaning": written("clean", 0),
  "read serial no": written("information", 0),
  "read firmware": written("information", 1),
  "device reset": written("reset", 0),
};

for (const capture of capturesOf("sps30")) {
  const { commands, frames } = capture.expected as {
    readonly commands?: readonly Published[];
    readonly frames?: readonly Frame[];
  };
  t.test(`sps30 ${capture.name}`, async (t) => {
    for (const command of commands ?? []) checkCommand(t, command);
    if (!frames) return;
    const intact = frames.filter(({ checksum_ok: isIntact = true }) => isIntact);
    t.same(
      answers(capture),
      intact.map(({ address, cmd, state, length }) => ({ address, cmd, state, length })),
      "answers",
    );
    const wanted = intact.flatMap(({ values }) => (values ? [values] : []));
    const found = readings(capture);
    t.equal(found.length, wanted.length, "as many readings");
    for (const [index, values] of wanted.entries())
      for (const [at, value] of values.entries()) checkValue(t, found[index]?.[at], value);
  });
}

/** Recordings have the float itself, or what is left of it after rounding. */
function checkValue(t: Test, found: unknown, wanted: number): void {
  const decimals = String(wanted).split(".")[1]?.length ?? 0;
  const isSame =
    typeof found === "number" &&
    (Math.fround(found) === Math.fround(wanted) ||
      (decimals > 0 && Number(found.toFixed(decimals)) === wanted));
  t.ok(isSame, `${String(found)} is ${wanted}`);
}

function answers(capture: Capture): readonly Omit<Frame, "values">[] {
  return new FlagSplitter().push(wireOf(capture)).flatMap((item) => {
    const answer = item.type === "content" ? readAnswer(item.bytes) : undefined;
    if (!answer || "fault" in answer) return [];
    const { address, command: cmd, state, data } = answer;
    return [{ address, cmd, state, length: data.length }];
  });
}

function readings(capture: Capture): readonly unknown[][] {
  const session = sps30.open(settingsOf(sps30));
  return session
    .push(wireOf(capture))
    .flatMap((event) =>
      event.type === "reading" ? [Object.keys(VALUES).map((name) => event.values[name])] : [],
    );
}

/** The bytes are those on the wire: where the recording has them both stuffed and not, it is the former. */
function checkCommand(
  t: Test,
  { name, hex, hex_stuffed: stuffed, checksum_ok: isIntact = true }: Published,
): void {
  const wire = stuffed ?? hex;
  const [content] = new FlagSplitter().push(Buffer.from(wire, "hex"));
  const request = content?.type === "content" ? readRequest(content.bytes) : undefined;
  if (!request || "fault" in request) return void t.notOk(isIntact, `${name}: refused`);
  t.ok(isIntact, `${name}: heard`);
  t.equal(requestOf(request.command, [...request.data]).toString("hex"), wire, name);
  const ours = OURS[name];
  if (ours !== undefined) t.equal(ours, wire, `${name}: as we write it`);
}
