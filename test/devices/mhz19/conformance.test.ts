import t, { type Test } from "tap";
import { mhz19 } from "../../../devices/mhz19/driver.ts";
import {
  celsius,
  ORDER_FRAMES,
  readRaw,
  SENSOR_FRAMES,
  writeOrder,
  type OrderName,
} from "../../../devices/mhz19/protocol.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { fieldsOf, wireOf } from "../sds011/wire.ts";
import { settingsOf } from "../settings.ts";

interface Published {
  readonly name: string;
  readonly hex: string;
  readonly checksum_ok?: boolean;
}

/** The recording's commands, as what we write. */
const ORDERS: readonly (readonly [name: RegExp, order: OrderName, value: (digits: string) => number])[] = [
  [/^read/, "read", () => 0],
  [/^calibrate zero/, "zero", () => 0],
  [/^calibrate span (\d+)/, "span", Number],
  [/^ABC on/, "abc", () => 1],
  [/^ABC off/, "abc", () => 0],
  [/^range (\d+)/, "range", Number],
];

for (const capture of capturesOf("mhz19b"))
  t.test(`mhz19 ${capture.name}`, async (t) => {
    const commands = capture.expected["commands"] as readonly Published[] | undefined;
    for (const command of commands ?? []) checkCommand(t, command);
    if (commands) return;
    const wanted = fieldsOf(capture);
    const found = decoded(capture);
    t.equal(found.length, wanted.length);
    t.match(found, wanted, "as on the line");
    t.same(
      readings(capture).map(({ co2 }) => co2 ?? 0),
      wanted.map(({ co2 }) => co2),
      "as readings",
    );
  });

function decoded(capture: Capture): readonly Values[] {
  return new FrameScanner(SENSOR_FRAMES).push(wireOf(capture)).flatMap((item) => {
    const raw = item.type === "frame" ? readRaw(item.bytes) : undefined;
    if (!raw) return [];
    const { co2, temperature, status } = raw;
    return [{ co2, temperature_raw: temperature, temperature_c: celsius(temperature), status }];
  });
}

function readings(capture: Capture): readonly Values[] {
  const session = mhz19.open(settingsOf(mhz19));
  return session.push(wireOf(capture)).flatMap((event) => (event.type === "reading" ? [event.values] : []));
}

function checkCommand(t: Test, { name, hex, checksum_ok: isIntact = true }: Published): void {
  const heard = new FrameScanner(ORDER_FRAMES).push(Buffer.from(hex, "hex"));
  t.equal(heard.filter(({ type }) => type === "frame").length, isIntact ? 1 : 0, `${name}: heard`);
  for (const [pattern, order, value] of ORDERS) {
    const match = pattern.exec(name);
    if (match && isIntact) t.equal(writeOrder(order, value(match[1] ?? "0")).toString("hex"), hex, name);
  }
}
