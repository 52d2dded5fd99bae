import type { Outcome } from "../../src/device/index.ts";
import type { CommandDescription, CommandDescriptions, Values } from "../../src/message/index.ts";
import { writeLine } from "./protocol.ts";

/** What a command writes, and by which line of the gateway its success shows. */
export interface Order {
  readonly bytes: Buffer;
  /** @returns undefined if the notice answers something else */
  outcomeOf(parts: readonly string[]): Outcome | undefined;
}

function command(
  description: string,
  args: CommandDescription["arguments"] = {},
  isIdempotent = false,
): CommandDescription {
  return { description, arguments: args, idempotent: isIdempotent, cancellable: true };
}

const MAX_TEXT_BYTES = 100;

export const COMMANDS: CommandDescriptions = {
  ping: command("ask the gateway whether it is there", {}, true),
  version: command("ask for the versions of the gateway's firmware", {}, true),
  status: command("ask which receivers of the gateway are switched on", {}, true),
  transmit: command(
    "send what a remote control would; it succeeds when the gateway has taken it, whoever hears it",
    {
      protocol: { type: "text", min: 1, max: 32, description: "as a reading has it: NewKaku" },
      sender: { type: "text", min: 1, max: 16, description: "id to send as, hex: 00c142" },
      switch: {
        type: "text",
        min: 1,
        max: 16,
        optional: true,
        description: "unit or button, where there is one",
      },
      command: {
        type: "text",
        min: 1,
        max: 32,
        optional: true,
        description: "ON, OFF, ALLON, ALLOFF, UP, DOWN, STOP, PAIR, or a level from 1 to 15",
      },
    },
  ),
  send: command("send any line to the gateway; it succeeds when the gateway takes it", {
    line: {
      type: "text",
      min: 1,
      max: MAX_TEXT_BYTES,
      description: "what follows 10; as MiLightv1;F746;00;3c00;ON",
    },
  }),
};

/** What a part may be: a semicolon or a line's end would begin something else. */
const PART = /^[ -:<-~]+$/;
const LINE = /^[ -~]+$/;

/** @returns what to write, or why it cannot be */
export function orderOf(name: string, args: Values): Order | { readonly fault: string } {
  switch (name) {
    case "ping":
      return PING;
    case "version":
      return { bytes: writeLine("VERSION"), outcomeOf: versionOf };
    case "status":
      return { bytes: writeLine("STATUS"), outcomeOf: statusOf };
    case "send":
      return sendOrder(String(args["line"]));
    default:
      return transmitOrder(args);
  }
}

export const PING: Order = {
  bytes: writeLine("PING"),
  outcomeOf: ([first]) => (first === "PONG" ? { ok: true } : undefined),
};

function transmitOrder(args: Values): Order | { readonly fault: string } {
  const parts = ["protocol", "sender", "switch", "command"].flatMap((name) =>
    typeof args[name] === "string" ? [args[name]] : [],
  );
  const wrong = parts.find((part) => !PART.test(part));
  if (wrong !== undefined) return { fault: "printable characters only, and no semicolon" };
  return { bytes: writeLine(...parts), outcomeOf: takenOf };
}

function sendOrder(line: string): Order | { readonly fault: string } {
  const text = line.replace(/;$/, "");
  if (!LINE.test(text)) return { fault: "printable characters only, and something before the semicolon" };
  return { bytes: writeLine(text), outcomeOf: anyOf };
}

const UNKNOWN: Outcome = { ok: false, reason: "the gateway does not know this command" };

function takenOf([first]: readonly string[]): Outcome | undefined {
  if (first === "OK") return { ok: true };
  return first === "CMD UNKNOWN" ? UNKNOWN : undefined;
}

/** Settings are answered by themselves: RFDEBUG=ON. */
function anyOf(parts: readonly string[]): Outcome | undefined {
  return (
    takenOf(parts) ?? (parts[0] === "DEBUG" ? undefined : { ok: true, result: { answer: parts.join(";") } })
  );
}

function versionOf(parts: readonly string[]): Outcome | undefined {
  const { VER: version, REV: revision, BUILD: build } = pairsOf(parts);
  if (version === undefined) return undefined;
  return { ok: true, result: { version, revision: revision ?? null, build: build ?? null } };
}

/** `STATUS;setRF433=ON;setNodoNRF=OFF;…` */
function statusOf([first, ...parts]: readonly string[]): Outcome | undefined {
  return first === "STATUS" ? { ok: true, result: { receivers: parts.join(";") } } : undefined;
}

function pairsOf(parts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parts.flatMap((part) => {
      const at = part.indexOf("=");
      return at > 0 ? [[part.slice(0, at), part.slice(at + 1)]] : [];
    }),
  ) as Record<string, string>;
}
