import t, { type Test } from "tap";
import { orderOf } from "../../../devices/sds011/commands.ts";
import { sds011 } from "../../../devices/sds011/driver.ts";
import { idOf, ORDER_FRAMES, ORDERS, writeOrder, type OrderName } from "../../../devices/sds011/protocol.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { settingsOf } from "../settings.ts";
import { fieldsOf, wireOf } from "./wire.ts";

interface Published {
  readonly name: string;
  readonly hex: string;
  readonly checksum_ok?: boolean;
}

/** Our commands without arguments, by the recording's names. */
const SIMPLE: Readonly<Record<string, string>> = {
  "query data": "read",
  "report mode: query (passive)": "passive",
  "report mode: active": "active",
  sleep: "sleep",
  wake: "wake",
};

for (const capture of capturesOf("sds011"))
  t.test(`sds011 ${capture.name}`, async (t) => {
    const commands = capture.expected["commands"] as readonly Published[] | undefined;
    for (const command of commands ?? []) checkCommand(t, command);
    if (commands) return;
    const wanted = fieldsOf(capture).map(named);
    const found = readings(capture);
    t.equal(found.length, wanted.length);
    t.match(found, wanted);
  });

function readings(capture: Capture): readonly Values[] {
  const bytes = wireOf(capture);
  const model = bytes.includes(Buffer.from([0xaa, 0xcf])) ? "sds198" : "sds011";
  const session = sds011.open(settingsOf(sds011, { model }));
  return session.push(bytes).flatMap((event) => (event.type === "reading" ? [event.values] : []));
}

function named(fields: Values): Values {
  const { device_id: id, ...values } = fields;
  return id === undefined ? values : { ...values, sensor_id: id };
}

function checkCommand(t: Test, { name, hex, checksum_ok: isIntact = true }: Published): void {
  const bytes = Buffer.from(hex, "hex");
  const heard = new FrameScanner(ORDER_FRAMES).push(bytes).filter(({ type }) => type === "frame");
  t.equal(heard.length, isIntact ? 1 : 0, `${name}: heard`);
  if (!isIntact) return;
  const order = (Object.keys(ORDERS) as OrderName[]).find((one) => ORDERS[one] === bytes[2]);
  if (!order) return void t.fail(`${name}: order ${bytes[2]} is not known`);
  t.equal(writeOrder(order, idOf(bytes), [...bytes.subarray(3, 15)]).toString("hex"), hex, name);
  const ours = runOf(name);
  if (!ours) return;
  const written = orderOf(ours.name, ours.args, idOf(bytes));
  t.equal(
    written && "bytes" in written ? written.bytes.toString("hex") : written,
    hex,
    `${name}: as our command`,
  );
}

/** Our command of a recording's. */
function runOf(name: string): { readonly name: string; readonly args: Values } | undefined {
  const minutes = /^work period (\d+) min/.exec(name)?.[1];
  if (minutes !== undefined) return { name: "period", args: { minutes: Number(minutes) } };
  const id = /^set id ([0-9A-F]{4}) /.exec(name)?.[1];
  if (id !== undefined) return { name: "id", args: { id } };
  const simple = SIMPLE[name] ?? (name.startsWith("firmware") ? "firmware" : undefined);
  if (name === "work period continuous") return { name: "period", args: { minutes: 0 } };
  return simple === undefined ? undefined : { name: simple, args: {} };
}
