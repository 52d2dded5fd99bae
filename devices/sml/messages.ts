import { hasRightCrc } from "./crc16.ts";
import { Malformed, TreeReader, type Integer, type Node } from "./tree.ts";

/** SML 1.04, 5: a message is a list of six: transaction, group, abort on error, body, CRC, end. */
const MESSAGE_ELEMENTS = 6;
const END_OF_MESSAGE = 0;
const GET_LIST_RESPONSE = 0x701;
const GET_LIST_ELEMENTS = 7;
const ENTRY_ELEMENTS = 7;
const OBIS_BYTES = 6;

/** SML_GetList.Res: the meter's values at one moment. SML 1.04, 5 */
export interface ValueList {
  readonly serverId: Buffer | null;
  readonly sensorTime: SensorTime | null;
  readonly entries: readonly Entry[];
}

/** SML_Time: 1 seconds since the meter began to count, 2 seconds since 1970. */
export interface SensorTime {
  readonly kind: number;
  readonly value: number;
}

export interface Entry {
  /** A-B:C.D.E*F */
  readonly obis: Buffer;
  readonly status: bigint | null;
  /** Code of DLMS. */
  readonly unit: number | null;
  readonly scaler: number;
  readonly value: Buffer | Integer | boolean | null;
}

/** All lists of values in the messages of a frame; or why there is none. */
export function readMessages(payload: Buffer): readonly ValueList[] | "checksum" | "unparsable" {
  const lists: ValueList[] = [];
  const reader = new TreeReader(payload);
  try {
    for (reader.skipZeros(); !reader.isAtEnd; reader.skipZeros()) {
      const body = readMessage(payload, reader);
      if (body === "checksum") return body;
      const list = valueListOf(body);
      if (list) lists.push(list);
    }
  } catch (cause) {
    if (cause instanceof Malformed) return "unparsable";
    throw cause;
  }
  return lists;
}

/** @returns the body, or that the message's own CRC is wrong */
function readMessage(payload: Buffer, reader: TreeReader): Node | "checksum" {
  const start = reader.at;
  if (reader.list() !== MESSAGE_ELEMENTS) throw new Malformed();
  for (let i = 0; i < 3; i++) reader.node(1);
  const body = reader.node(1);
  const end = reader.at;
  const crc = integer(reader.node(1));
  if (reader.take(1)[0] !== END_OF_MESSAGE) throw new Malformed();
  // Sent low byte first, though other integers are not.
  const value = Number(crc.value);
  const swapped = crc.bytes === 2 ? ((value & 0xff) << 8) | (value >> 8) : (value << 8) & 0xffff;
  return hasRightCrc(payload, start, end, swapped) ? body : "checksum";
}

function valueListOf(body: Node): ValueList | undefined {
  const [tag, data] = elements(body, 2);
  if (Number(integer(tag).value) !== GET_LIST_RESPONSE) return undefined;
  const [, serverId, , sensorTime, entries] = elements(data, GET_LIST_ELEMENTS);
  return {
    serverId: octetsOrNull(serverId),
    sensorTime: timeOf(sensorTime),
    entries: elements(entries).map(entryOf),
  };
}

function entryOf(node: Node): Entry {
  const [obis, status, , unit, scaler, value] = elements(node, ENTRY_ELEMENTS);
  if (!Buffer.isBuffer(obis) || obis.length !== OBIS_BYTES) throw new Malformed();
  return {
    obis,
    status: isNothing(status) ? null : integer(status).value,
    unit: isNothing(unit) ? null : Number(integer(unit).value),
    scaler: isNothing(scaler) ? 0 : scalerOf(integer(scaler).value),
    value: scalarOrNull(value),
  };
}

/** A choice of index, time stamp or local time stamp; some meters (Holley) send the bare index. */
function timeOf(node: Node | undefined): SensorTime | null {
  if (isNothing(node)) return null;
  if (!Array.isArray(node)) return { kind: 1, value: Number(integer(node).value) };
  const [kind, value] = elements(node, 2);
  // A local time stamp is a list: the stamp, and how far the local time is from it.
  const stamp = Array.isArray(value) ? (value as readonly Node[])[0] : value;
  return { kind: Number(integer(kind).value), value: Number(integer(stamp).value) };
}

function scalerOf(value: bigint): number {
  return Number(BigInt.asIntN(8, value));
}

/** A value that is a list (a time, a tree) is none that could be told. */
function scalarOrNull(node: Node | undefined): Entry["value"] {
  return node === undefined || Array.isArray(node) ? null : (node as Entry["value"]);
}

function octetsOrNull(node: Node | undefined): Buffer | null {
  if (isNothing(node)) return null;
  if (!Buffer.isBuffer(node)) throw new Malformed();
  return node;
}

function integer(node: Node | undefined): Integer {
  if (typeof node === "object" && node !== null && "isSigned" in node) return node;
  throw new Malformed();
}

function elements(node: Node | undefined, count?: number): readonly Node[] {
  if (!Array.isArray(node) || (count !== undefined && node.length !== count)) throw new Malformed();
  return node as readonly Node[];
}

function isNothing(node: Node | undefined): node is null | undefined {
  return node === null || node === undefined;
}
