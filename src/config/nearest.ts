import { distance } from "fastest-levenshtein";

/** A known word and how far the given one is from it: 0 is the same but for case, `_` and `-`. */
export interface Near {
  readonly word: string;
  readonly distance: number;
}

/** More letters than this in common at the beginning make a word near whatever follows: `bauds` is near `baudRate`. */
const COMMON_START = 4;

/** Words longer than this are no typing mistakes; comparing them would only cost time. */
const MAX_LENGTH = 64;

/** The known word that was most likely meant, or undefined if none is near. */
export function nearest(given: string, known: Iterable<string>): Near | undefined {
  if (given.length > MAX_LENGTH) return undefined;
  let best: Near | undefined;
  for (const word of known) {
    const near = nearness(plain(given), plain(word));
    if (near !== undefined && (best === undefined || near < best.distance)) best = { word, distance: near };
  }
  return best;
}

/** `: did you mean "even"?`, or nothing. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const near = nearest(given, known);
  return near === undefined ? "" : `: did you mean ${JSON.stringify(near.word)}?`;
}

/** One mistake in three letters is still a typing mistake, and two swapped letters count as two; more is another word. */
function nearness(given: string, word: string): number | undefined {
  const steps = distance(given, word);
  const allowed = Math.ceil(Math.max(given.length, word.length) / 3);
  return steps <= allowed || commonStart(given, word) >= COMMON_START ? steps : undefined;
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[_-]/g, "");
}
