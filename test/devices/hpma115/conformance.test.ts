import t, { type Test } from "tap";
import { orderOf } from "../../../devices/hpma115/commands.ts";
import { hpma115 } from "../../../devices/hpma115/driver.ts";
import { MODELS, ORDER_FRAMES, type Model } from "../../../devices/hpma115/protocol.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { fieldsOf, wireOf } from "../sds011/wire.ts";
import { settingsOf } from "../settings.ts";

interface Published {
  readonly name: string;
  readonly hex: string;
}

for (const capture of capturesOf("hpma115"))
  t.test(`hpma115 ${capture.name}`, async (t) => {
    const commands = capture.expected["commands"] as readonly Published[] | undefined;
    for (const command of commands ?? []) checkCommand(t, command);
    const wanted = fieldsOf(capture).map(named);
    if (commands && wanted.length === 0) return;
    t.not(wanted.length, 0);
    t.same(readings(capture, modelOf(wanted)), wanted);
  });

/** A compact version tells of more sizes. */
function modelOf(readings: readonly Values[]): Model {
  return readings.some((values) => "pm4" in values) ? "c0" : "s0";
}

function readings(capture: Capture, model: Model): readonly Values[] {
  const session = hpma115.open(settingsOf(hpma115, { model }));
  return session.push(wireOf(capture)).flatMap((event) => (event.type === "reading" ? [event.values] : []));
}

/** Recordings have `pm1_0` and `pm4_0`, and other models' fields left out. */
function named(fields: Values): Values {
  const values = Object.entries(fields).map(([name, value]) => [name.replace(/^(pm[14])_0$/, "$1"), value]);
  const known: readonly string[] = MODELS.c0.fields;
  return Object.fromEntries(values.filter(([name]) => known.includes(String(name)))) as Values;
}

function checkCommand(t: Test, { name, hex }: Published): void {
  const heard = new FrameScanner(ORDER_FRAMES).push(Buffer.from(hex, "hex"));
  t.match(heard, [{ type: "frame" }], `${name}: heard`);
  const ours = runOf(name);
  if (ours) t.equal(orderOf(ours.name, ours.args).bytes.toString("hex"), hex, name);
}

/** Our command of a recording's. */
function runOf(name: string): { readonly name: string; readonly args: Values } | undefined {
  if (/auto/.test(name)) return { name: "auto_send", args: { on: !/stop|disable|off/.test(name) } };
  const word = /\b(start|stop|read)\b/.exec(name)?.[1];
  return word === undefined || /coefficient/.test(name) ? undefined : { name: word, args: {} };
}
