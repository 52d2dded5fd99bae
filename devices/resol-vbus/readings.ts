import type { Metrics, Values } from "../../src/message/index.ts";
import type { Field } from "./fields.ts";
import { layoutOf } from "./packets.table.ts";
import { BLOCK_TYPE_DESTINATION, COMMANDS, DATA_DESTINATION, type Packet } from "./protocol.ts";

export const METRICS: Metrics = {
  source: { type: "text", description: "address of who sent it, four hex digits" },
  controller: { type: "text", description: "name of the controller; null if it is not in the table" },
};

/** What a kind of packet holds. */
export interface Contents {
  readonly controller: string | null;
  readonly fields: readonly Field[];
}

/**
 * @returns what is known of it: its fields by name, or for an address that is not in the table its words; undefined if it is no
 * data for everybody: a request, or empty
 */
export function contentsOf({ destination, source, command, payload }: Packet): Contents | undefined {
  if (command !== COMMANDS.data || destination === BLOCK_TYPE_DESTINATION) return undefined;
  const layout = destination === DATA_DESTINATION ? layoutOf(source) : undefined;
  const fields = (layout?.fields ?? wordsOf(source, payload)).filter(
    ({ at, bytes }) => at + bytes <= payload.length,
  );
  return fields.length > 0 ? { controller: layout?.controller ?? null, fields } : undefined;
}

export function metricsOf({ fields }: Contents): Metrics {
  return Object.fromEntries(fields.map(({ name, metric }) => [name, metric]));
}

export function valuesOf({ controller, fields }: Contents, { source, payload }: Packet): Values {
  return {
    source: addressText(source),
    controller,
    ...Object.fromEntries(fields.map((field) => [field.name, field.read(payload)])),
  };
}

export function addressText(address: number): string {
  return address.toString(16).padStart(4, "0").toUpperCase();
}

/** Controllers have nearly everything in words, temperatures in tenths first: what they mean is for who reads them. */
function wordsOf(source: number, payload: Buffer): Field[] {
  return Array.from({ length: payload.length / 2 }, (_, i) => ({
    name: `word_${addressText(source).toLowerCase()}_${2 * i}`,
    at: 2 * i,
    bytes: 2,
    metric: { type: "integer", description: "16 bits of a packet that is not known, signed" },
    read: (bytes) => bytes.readInt16LE(2 * i),
  }));
}
