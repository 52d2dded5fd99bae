import {
  UBX_RESTARTS,
  writeSentence,
  writeUbxRate,
  writeUbxRestart,
  type UbxRestart,
} from "../../src/codec/index.ts";
import type { CommandDescription, CommandDescriptions, Values } from "../../src/message/index.ts";

/** Whose commands the receiver understands; NMEA 0183 itself has none for it. */
export const CHIPSETS = ["generic", "mtk", "ublox"] as const;
export type Chipset = (typeof CHIPSETS)[number];

/** What a command writes, and whether the device answers it. */
export interface Order {
  readonly bytes: Uint8Array;
  /** The number of the command that a $PMTK001 will answer; without it the command has succeeded when it is written. */
  readonly acknowledged?: string;
}

/** 10 Hz is what these chips can do at most, whatever the sentences cost on the line. */
const RATE: CommandDescription = {
  description: "set the time from one fix to the next",
  arguments: { interval: { type: "integer", unit: "ms", min: 100, max: 10_000 } },
  idempotent: true,
  timeoutMs: 3_000,
};

const RESTART: CommandDescription = {
  description:
    "restart with what is known of the satellites (hot), with the almanac only (warm), with nothing (cold)",
  arguments: { kind: { type: "text", enum: UBX_RESTARTS } },
};

const SEND: CommandDescription = {
  description: "send a sentence; its mark, its checksum and its end are added",
  arguments: { sentence: { type: "text", min: 1, max: 250, description: "such as PMTK314,0,1,0,1" } },
};

export function commandsOf(chipset: Chipset): CommandDescriptions {
  return chipset === "generic" ? { send: SEND } : { send: SEND, rate: RATE, restart: RESTART };
}

/** @returns what to write, or why it cannot be */
export function orderOf(chipset: Chipset, name: string, args: Values): Order | { readonly fault: string } {
  if (name === "send") return send(String(args["sentence"]));
  if (name === "rate") return rate(chipset, Number(args["interval"]));
  return restart(chipset, args["kind"] as UbxRestart);
}

function send(sentence: string): Order | { readonly fault: string } {
  const text = sentence.replace(/^\$/, "").replace(/\*[0-9a-f]{2}$/i, "");
  // A second mark, a checksum or a line's end would make two sentences of it, or a false one.
  if (/^[ -~]+$/.test(text) && !/[$!*]/.test(text)) return { bytes: writeSentence(text) };
  return { fault: "sentence may have characters from space to ~ only, and no $, ! or * inside" };
}

function rate(chipset: Chipset, intervalMs: number): Order {
  if (chipset === "mtk") return { bytes: writeSentence(`PMTK220,${intervalMs}`), acknowledged: "220" };
  return { bytes: writeUbxRate(intervalMs) };
}

function restart(chipset: Chipset, kind: UbxRestart): Order {
  // PMTK101 hot, 102 warm, 103 cold: in the same order.
  if (chipset === "mtk") return { bytes: writeSentence(`PMTK10${UBX_RESTARTS.indexOf(kind) + 1}`) };
  return { bytes: writeUbxRestart(kind) };
}
