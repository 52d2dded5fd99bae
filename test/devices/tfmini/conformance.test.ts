import t, { type Test } from "tap";
import { orderOf } from "../../../devices/tfmini/commands.ts";
import { tfmini } from "../../../devices/tfmini/driver.ts";
import { ORDER_FRAMES } from "../../../devices/tfmini/protocol.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { capturesOf } from "../captures.ts";
import { settingsOf } from "../settings.ts";
import { wireOf } from "../sds011/wire.ts";

interface Accepted {
  readonly distance_cm: number;
  readonly strength: number;
  readonly temperature_C?: number;
  readonly reliable?: boolean;
}

interface Published {
  readonly name: string;
  readonly hex: string;
}

/** What lidars send for no distance. */
const NO_DISTANCE = [0, 65_535, 65_534, 65_532];

for (const capture of capturesOf("tfmini"))
  t.test(`tfmini ${capture.name}`, async (t) => {
    const commands = capture.expected["commands"] as readonly Published[] | undefined;
    for (const command of commands ?? []) checkCommand(t, command);
    if (commands) return;
    const wanted = (capture.expected["accepted"] as readonly Accepted[]).map(readingOf);
    t.not(wanted.length, 0);
    const bytes = wireOf(capture);
    const events = tfmini.open(settingsOf(tfmini)).push(bytes);
    const found = events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
    t.match(found, wanted);
    t.equal(found.length, wanted.length);
    const discarded = events.reduce((sum, event) => sum + (event.type === "discard" ? event.bytes : 0), 0);
    t.equal(discarded, bytes.length - 9 * wanted.length, "all other bytes are discarded");
  });

function readingOf({
  distance_cm: cm,
  strength,
  temperature_C: temperature,
  reliable = true,
}: Accepted): Values {
  const isNone = NO_DISTANCE.includes(cm);
  const values = { distance: isNone ? null : cm * 10, strength, reliable: reliable && !isNone };
  return temperature === undefined ? values : { ...values, temperature };
}

function checkCommand(t: Test, { name, hex }: Published): void {
  const heard = new FrameScanner(ORDER_FRAMES).push(Buffer.from(hex, "hex"));
  t.match(heard, [{ type: "frame" }], `${name}: heard`);
  const ours = runOf(name);
  if (!ours) return void t.fail(`${name}: no command of ours`);
  t.equal(orderOf(ours.name, ours.args).bytes.toString("hex"), hex, name);
}

/** Our command of a recording's. */
function runOf(name: string): { readonly name: string; readonly args: Values } | undefined {
  const hz = /^frame rate (\d+)/.exec(name)?.[1];
  if (hz !== undefined) return { name: "rate", args: { hz: Number(hz) } };
  const unit = /^output (cm|mm)$/.exec(name)?.[1];
  if (unit !== undefined) return { name: "unit", args: { unit } };
  const on = /^(enable|disable) output/.exec(name)?.[1];
  if (on !== undefined) return { name: "output", args: { on: on === "enable" } };
  if (name === "get version") return { name: "version", args: {} };
  if (name === "factory reset") return { name: "factory_reset", args: {} };
  const word = /^(trigger|save|restart|system reset)/.exec(name)?.[1];
  return word === undefined ? undefined : { name: word === "system reset" ? "restart" : word, args: {} };
}
