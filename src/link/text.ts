import { isUtf8 } from "node:buffer";

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const DELETE = 0x7f;

/** Nothing but printable ASCII, valid UTF-8, tab, CR and LF. */
export function isText(bytes: Buffer): boolean {
  for (const byte of bytes)
    if ((byte < 0x20 && byte !== TAB && byte !== CR && byte !== LF) || byte === DELETE) return false;
  return isUtf8(bytes);
}

/** How many bytes of it are whole characters: the last may be cut off. */
export function wholeCharacters(bytes: Buffer): number {
  // A character has four bytes at most; those after its first are 10xxxxxx. RFC 3629 §3.
  let at = bytes.length - 1;
  while (at > 0 && bytes.length - at < 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  const first = bytes[at] ?? 0;
  const size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + size > bytes.length ? at : bytes.length;
}
