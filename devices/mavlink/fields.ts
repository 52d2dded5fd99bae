import { sizeOf, type Field, type FieldType, type Layout } from "./layout.ts";

/** As it is on the wire, by its name in the message definitions. 64-bit integers lose what is beyond 2^53. */
export type RawValue = number | string | readonly number[];
export type RawFields = Readonly<Record<string, RawValue>>;

const READERS: Readonly<Record<FieldType, (bytes: Buffer, at: number) => number>> = {
  char: (bytes, at) => bytes.readUInt8(at),
  uint8_t: (bytes, at) => bytes.readUInt8(at),
  int8_t: (bytes, at) => bytes.readInt8(at),
  uint16_t: (bytes, at) => bytes.readUInt16LE(at),
  int16_t: (bytes, at) => bytes.readInt16LE(at),
  uint32_t: (bytes, at) => bytes.readUInt32LE(at),
  int32_t: (bytes, at) => bytes.readInt32LE(at),
  uint64_t: (bytes, at) => Number(bytes.readBigUInt64LE(at)),
  int64_t: (bytes, at) => Number(bytes.readBigInt64LE(at)),
  float: (bytes, at) => bytes.readFloatLE(at),
  double: (bytes, at) => bytes.readDoubleLE(at),
};

const WRITERS: Readonly<Record<FieldType, (bytes: Buffer, value: number, at: number) => void>> = {
  char: (bytes, value, at) => bytes.writeUInt8(value, at),
  uint8_t: (bytes, value, at) => bytes.writeUInt8(value, at),
  int8_t: (bytes, value, at) => bytes.writeInt8(value, at),
  uint16_t: (bytes, value, at) => bytes.writeUInt16LE(value, at),
  int16_t: (bytes, value, at) => bytes.writeInt16LE(value, at),
  uint32_t: (bytes, value, at) => bytes.writeUInt32LE(value, at),
  int32_t: (bytes, value, at) => bytes.writeInt32LE(value, at),
  uint64_t: (bytes, value, at) => bytes.writeBigUInt64LE(BigInt(value), at),
  int64_t: (bytes, value, at) => bytes.writeBigInt64LE(BigInt(value), at),
  float: (bytes, value, at) => bytes.writeFloatLE(value, at),
  double: (bytes, value, at) => bytes.writeDoubleLE(value, at),
};

/** The fields of one payload. What was cut from its end is zero: MAVLink 2 sends no zeros there. "Payload truncation". */
export class Fields {
  readonly #layout: Layout;
  readonly #bytes: Buffer;

  constructor(layout: Layout, payload: Buffer) {
    this.#layout = layout;
    if (payload.length >= layout.bytes) this.#bytes = payload;
    else {
      this.#bytes = Buffer.alloc(layout.bytes);
      payload.copy(this.#bytes);
    }
  }

  /** @returns 0 for a field that there is not */
  number(name: string): number {
    const field = this.#layout.byName.get(name);
    return field ? READERS[field.type](this.#bytes, field.offset) : 0;
  }

  /** @param none the value that says that there is none */
  scaled(name: string, perUnit = 1, none = NaN): number | null {
    const value = this.number(name);
    return value === none || !Number.isFinite(value) ? null : value / perUnit;
  }

  /** An extension that the sender does not know reads zero, and so does one that is zero. */
  extension(name: string, perUnit = 1): number | null {
    return this.scaled(name, perUnit, 0);
  }

  list(name: string): readonly number[] {
    const field = this.#layout.byName.get(name);
    return field ? elementsOf(field, this.#bytes) : [];
  }

  /** Up to the first zero, without what is no character. */
  text(name: string): string {
    const codes = this.list(name);
    const end = codes.indexOf(0);
    return Buffer.from(end < 0 ? codes : codes.slice(0, end))
      .toString("utf8")
      .replaceAll(/\p{Cc}|�/gu, "");
  }

  hex(name: string): string {
    return Buffer.from(this.list(name)).toString("hex");
  }

  /** The bytes of a field as they are. */
  raw(name: string): Buffer {
    const field = this.#layout.byName.get(name);
    return field ? this.#bytes.subarray(field.offset, field.offset + sizeOf(field.type)) : Buffer.alloc(8);
  }

  bit(name: string, mask: number): boolean {
    return (this.number(name) & mask) !== 0;
  }

  all(): RawFields {
    return Object.fromEntries(
      this.#layout.fields.map((field) => {
        if (field.type === "char" && field.count > 0) return [field.name, this.text(field.name)];
        return [field.name, field.count > 0 ? elementsOf(field, this.#bytes) : this.number(field.name)];
      }),
    );
  }
}

function elementsOf({ type, count, offset }: Field, bytes: Buffer): number[] {
  const size = sizeOf(type);
  return Array.from({ length: count }, (_, i) => READERS[type](bytes, offset + i * size));
}

/** A whole payload with its extensions; what is not given is zero. */
export function writeFields(layout: Layout, values: RawFields): Buffer {
  const bytes = Buffer.alloc(layout.bytes);
  for (const { name, type, count, offset } of layout.fields) {
    const value = values[name] ?? 0;
    if (typeof value === "string") bytes.write(value, offset, count, "utf8");
    else {
      const elements = typeof value === "number" ? [value] : value.slice(0, count);
      elements.forEach((one, i) => WRITERS[type](bytes, one, offset + i * sizeOf(type)));
    }
  }
  return bytes;
}
