import type { Client, LostMessage, Message } from "../client/index.ts";
import { unitText, type AgentState, type Birth, type Value, type Values } from "../message/index.ts";
import { terminal } from "./terminal.ts";

/** Metrics' units by agent, device and metric, learnt from births: readings do not carry them. */
export class Units {
  readonly #units = new Map<string, string>();

  /** Asks for the birth once; without an answer values are shown without units. */
  async learn(client: Client): Promise<void> {
    try {
      this.add((await client.query("describe")) as Birth);
    } catch {
      // No answer, or none that makes sense: units are for people only.
    }
  }

  add(birth: Birth): void {
    for (const [device, { metrics }] of Object.entries(birth.devices))
      for (const [metric, { unit }] of Object.entries(metrics))
        if (unit !== undefined) this.#units.set(`${birth.agent}/${device}/${metric}`, unit);
  }

  of(agent: string, device: string, metric: string): string {
    const unit = this.#units.get(`${agent}/${device}/${metric}`);
    return unitText(unit);
  }
}

/** A message as one line for people. */
export function textLine(message: Message, units: Units): string {
  switch (message.kind) {
    case "telemetry": {
      const { agent, device, values, clock } = message;
      const pairs = valuesText(values, (name) => units.of(agent, device, name));
      return line(
        message.time,
        `${agent}/${device}`,
        `${pairs}${clock === "synced" ? "" : terminal.paint("dim", " (clock unsynced)")}`,
      );
    }
    case "state":
      if (message.state.type === "birth") units.add(message.state);
      return line(message.state.time, message.agent, agentText(message.state));
    case "device": {
      const { state, reason, since } = message.status;
      return line(
        since,
        `${message.agent}/${message.device}`,
        reason === undefined ? state : `${state}: ${reason}`,
      );
    }
    case "command": {
      const { time, target, name, state, reason } = message.progress;
      return line(time, target, `${name} ${state}${reason === undefined ? "" : `: ${reason}`}`);
    }
  }
}

/** A reading's values as name=value. @param unitOf a metric's unit as it follows a value */
export function valuesText(values: Values, unitOf: (metric: string) => string): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        `${terminal.paint("dim", `${name}=`)}${display(value)}${value === null ? "" : unitOf(name)}`,
    )
    .join(" ");
}

/** A range of readings that is gone for good. */
export function lostText({ agent, device, epoch, from, to }: LostMessage): string {
  const range = to === undefined ? `from ${from} on` : from === to ? String(from) : `${from} to ${to}`;
  return `${agent}/${device}: lost ${range} of epoch ${epoch}`;
}

export const CSV_HEADER = "time,agent,device,epoch,seq,clock,metric,value";

/** A reading's values, one row each; nothing for other messages. */
export function csvRows(message: Message): string[] {
  if (message.kind !== "telemetry") return [];
  const { time, agent, device, epoch, seq, clock, values } = message;
  const start = [isoTime(time), agent, device, epoch, seq, clock].join(",");
  return Object.entries(values).map(
    ([name, value]) => `${start},${csvCell(name)},${value === null ? "" : csvCell(String(value))}`,
  );
}

function agentText(state: AgentState): string {
  switch (state.type) {
    case "birth":
      return `birth epoch ${state.epoch}: ${
        Object.entries(state.devices)
          .map(([name, device]) => `${name} ${device.state}`)
          .join(", ") || "no devices"
      }`;
    case "heartbeat":
    case "stopped":
    case "lost":
      return `${state.type} ${Object.entries(state.streams)
        .map(([name, seq]) => `${name}=${seq}`)
        .join(" ")}`;
  }
}

function line(timeUs: number, source: string, text: string): string {
  const time = new Date(timeUs / 1_000).toISOString().slice(11, 23);
  return `${terminal.paint("dim", time)} ${terminal.paint("cyan", source.padEnd(16))} ${text}`;
}

function display(value: Value): string {
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(9)));
  return value === null ? "-" : String(value);
}

/** Microseconds since 1970 as ISO 8601 with all six digits. */
function isoTime(timeUs: number): string {
  return `${new Date(Math.floor(timeUs / 1_000)).toISOString().slice(0, -1)}${String(timeUs % 1_000).padStart(3, "0")}Z`;
}

/** RFC 4180 §2. */
function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
