import * as Type from "typebox";
import { LineSplitter } from "../../src/codec/index.ts";
import { LINE_8N1, type Call, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import { COMMANDS, orderOf } from "./commands.ts";
import { Exchange, FIRST_PING_MS, SILENCE_MS } from "./exchange.ts";
import { METRICS } from "./metrics.table.ts";
import { lineOf, MAX_LINE_BYTES } from "./protocol.ts";
import { RflinkSimulator } from "./simulator.ts";

/** RFLink gateways: an Arduino Mega, or an ESP, with a receiver for 433 MHz. One line of a sender, one reading. */
export const rflink: Driver<object> = {
  name: "rflink",
  title: "RFLink gateways",
  settings: Type.Object({}),
  line: { ...LINE_8N1, baudRate: 57_600 },
  describe: () => ({ metrics: METRICS, commands: COMMANDS, silenceMs: SILENCE_MS }),
  open: () => new RflinkSession(),
  simulate: (_, random) => new RflinkSimulator(random),
};

class RflinkSession implements Session {
  readonly #lines = new LineSplitter(MAX_LINE_BYTES);
  readonly #exchange = new Exchange();

  start(): readonly DriverEvent[] {
    return [{ type: "wake", afterMs: FIRST_PING_MS }];
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    return this.#lines
      .push(chunk)
      .flatMap((item) => (item.type === "discard" ? [item] : this.#line(item.bytes)));
  }

  wake(): readonly DriverEvent[] {
    return this.#exchange.wake();
  }

  run({ id, name, args }: Call): readonly DriverEvent[] {
    const order = orderOf(name, args);
    if ("fault" in order) return [{ type: "outcome", call: id, outcome: { ok: false, reason: order.fault } }];
    return this.#exchange.request({ ...order, call: id });
  }

  cancel(call: string): readonly DriverEvent[] {
    this.#exchange.cancel(call);
    return [];
  }

  #line(bytes: Buffer): readonly DriverEvent[] {
    const line = lineOf(bytes);
    if (line.type === "sender") return [{ type: "reading", values: line.values }];
    if (line.type === "notice") return this.#notice(line.parts, bytes.length);
    return [{ type: "discard", bytes: bytes.length, reason: line.type }];
  }

  #notice(parts: readonly string[], bytes: number): readonly DriverEvent[] {
    const events = this.#exchange.notice(parts);
    if (events) return [{ type: "sense" }, ...events];
    const [first = ""] = parts;
    if (first === "DEBUG") return [{ type: "discard", bytes, reason: "unsupported" }];
    // What it says when it starts.
    return first.includes("RFLink") ? [{ type: "log", text: parts.join(";") }] : [{ type: "sense" }];
  }
}
