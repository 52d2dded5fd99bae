/**
 * A column of integers that resemble each other, as bytes: the least of them, then what each exceeds it by, as planes of
 * bytes (all lowest bytes, then all next, …), because zstd models a plane far better than interleaved numbers. Numbers
 * that are all equal cost nine bytes, however many.
 *
 *   base f64 │ width u8 │ count × lowest byte │ count × next byte │ … (width planes)
 */
const HEAD_BYTES = 9;
/** Bytes of the largest span: 2⁵³ − 1. */
const MAX_WIDTH = 7;

/** @param values safe integers whose span is a safe integer too */
export function encodeColumn(values: Float64Array): Buffer {
  let least = values[0] ?? 0;
  let most = least;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const width = bytesOf(most - least);
  const column = Buffer.allocUnsafe(HEAD_BYTES + width * values.length);
  column.writeDoubleLE(least, 0);
  column[8] = width;
  values.forEach((value, row) => putRow(column, row, values.length, width, value - least));
  return column;
}

function putRow(column: Buffer, row: number, rows: number, width: number, excess: number): void {
  let rest = excess;
  for (let plane = 0; plane < width; plane++) {
    column[HEAD_BYTES + plane * rows + row] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

function bytesOf(span: number): number {
  let width = 0;
  for (let rest = span; rest >= 1; rest /= 256) width++;
  return width;
}

/**
 * @param at where the column begins
 * @returns the values, and where the column ends
 * @throws RangeError if the bytes end before the column does, or it is none that was ever encoded
 */
export function decodeColumn(
  bytes: Buffer,
  at: number,
  count: number,
): { values: Float64Array; end: number } {
  const base = bytes.readDoubleLE(at);
  const width = bytes.readUInt8(at + 8);
  if (!Number.isSafeInteger(base) || width > MAX_WIDTH) throw new RangeError("not a column");
  const end = at + HEAD_BYTES + width * count;
  if (end > bytes.length) throw new RangeError("column ends early");
  const values = new Float64Array(count);
  let scale = 1;
  for (let plane = 0; plane < width; plane++, scale *= 256) {
    const from = at + HEAD_BYTES + plane * count;
    for (let row = 0; row < count; row++)
      values[row] = (values[row] as number) + (bytes[from + row] as number) * scale;
  }
  if (base !== 0) for (let row = 0; row < count; row++) values[row] = (values[row] as number) + base;
  return { values, end };
}
