import { crc16 } from "./crc16.ts";

const SIZES = {
  char: 1,
  uint8_t: 1,
  int8_t: 1,
  uint16_t: 2,
  int16_t: 2,
  uint32_t: 4,
  int32_t: 4,
  uint64_t: 8,
  int64_t: 8,
  float: 4,
  double: 8,
} as const;
export type FieldType = keyof typeof SIZES;

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Elements of an array, 0 if it is none. */
  readonly count: number;
  readonly offset: number;
}

/** How a message's payload is laid out: little endian, without gaps. */
export interface Layout {
  readonly fields: readonly Field[];
  readonly byName: ReadonlyMap<string, Field>;
  /** Without the extensions: the length in MAVLink 1. */
  readonly baseBytes: number;
  readonly bytes: number;
  /** Makes a change of the definition a wrong checksum. */
  readonly crcExtra: number;
}

const DEFINITION = /^(\w+?)(?:\[(\d+)\])? (\w+)$/;

/**
 * @param definition the fields in the order of the wire, larger types first, `|` before the extensions:
 *   `float x, uint8_t[4] data | uint8_t id`. Types and names as in the message definitions: CRC_EXTRA is made of them
 * @throws Error if it is none; definitions are constants of this driver's
 */
export function layoutOf(message: string, definition: string): Layout {
  const [base = "", extensions = ""] = definition.split(" | ");
  const baseFields = place(base, 0);
  const baseBytes = endOf(baseFields, 0);
  const more = place(extensions, baseBytes);
  const fields = [...baseFields, ...more];
  return {
    fields,
    byName: new Map(fields.map((field) => [field.name, field])),
    baseBytes,
    bytes: endOf(more, baseBytes),
    crcExtra: crcExtraOf(message, baseFields),
  };
}

export function sizeOf(type: FieldType): number {
  return SIZES[type];
}

function place(definition: string, from: number): Field[] {
  let offset = from;
  return definition
    .split(", ")
    .filter((one) => one !== "")
    .map((one) => {
      const [, type = "", count = "0", name = ""] = DEFINITION.exec(one) ?? [];
      if (!isType(type)) throw new Error(`no field: ${one}`);
      const field: Field = { name, type, count: Number(count), offset };
      offset = endOf([field], offset);
      return field;
    });
}

function endOf(fields: readonly Field[], otherwise: number): number {
  const last = fields.at(-1);
  return last ? last.offset + SIZES[last.type] * Math.max(1, last.count) : otherwise;
}

function isType(type: string): type is FieldType {
  return Object.hasOwn(SIZES, type);
}

/** Names and types of the fields without extensions, the length of arrays as one byte. MAVLink developer guide, "CRC_EXTRA calculation". */
function crcExtraOf(message: string, fields: readonly Field[]): number {
  const pieces = fields.map(({ type, name, count }) =>
    Buffer.concat([Buffer.from(`${type} ${name} `, "latin1"), Buffer.from(count > 0 ? [count] : [])]),
  );
  const all = Buffer.concat([Buffer.from(`${message} `, "latin1"), ...pieces]);
  const crc = crc16(all, 0, all.length);
  return (crc & 0xff) ^ (crc >>> 8);
}
