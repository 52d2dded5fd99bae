/** As parts whose items' sizes add up to no more than `size`, unless a single one's does. */
export function* inParts<T>(
  items: Iterable<T>,
  size: number,
  sizeOf: (item: T) => number = () => 1,
): Generator<T[]> {
  let part: T[] = [];
  let sum = 0;
  for (const item of items) {
    const itemSize = sizeOf(item);
    if (part.length > 0 && sum + itemSize > size) {
      yield part;
      [part, sum] = [[], 0];
    }
    part.push(item);
    sum += itemSize;
  }
  if (part.length > 0) yield part;
}
