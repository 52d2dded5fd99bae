import { NoiseRun, viewOf, type Discard } from "../../src/codec/index.ts";
import { hasCapsuleSync, isCapsule, nodeAt } from "./points.ts";
import {
  descriptorAt,
  DESCRIPTOR_BYTES,
  isDescriptorBegun,
  MAX_ANSWER_BYTES,
  type AnswerKind,
  type Descriptor,
} from "./protocol.ts";

/** The bytes are only valid until the next push. */
export type AnswerItem =
  | { readonly type: "begin"; readonly descriptor: Descriptor }
  | { readonly type: "answer"; readonly kind: AnswerKind; readonly bytes: Buffer }
  | Discard<"noise" | "checksum">;

type Verdict = "whole" | "wrong" | "broken" | "incomplete";

/**
 * What a byte means depends on the last descriptor: before the first all is noise, after it answers of its kind follow.
 *
 *   stream   …noise… [descriptor] [answer] [answer] …noise… [answer] [descriptor] [answer]
 *
 * A descriptor is looked for between answers too: the lidar was given another order. None can be taken for an answer: as a
 * node it has the wrong check bits, as a capsule it would need a checksum that is right by chance.
 */
export class AnswerScanner {
  readonly #noise = new NoiseRun();
  #held: Buffer = Buffer.alloc(0);
  #current: Descriptor | undefined;
  /** Bytes of a capsule with a wrong checksum, and how many of those to come it laid claim to. */
  #broken = 0;
  #claimed = 0;

  /** What comes next is the answer to something new. */
  reset(): void {
    this.#current = undefined;
  }

  push(chunk: Uint8Array): AnswerItem[] {
    const items: AnswerItem[] = [];
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : viewOf(chunk);
    let at = 0;
    while (at < bytes.length) {
      const length = this.#take(bytes, at, items);
      if (length === 0) break;
      at += length;
    }
    // At most one answer and a descriptor: no more is ever waited for.
    this.#held = Buffer.from(bytes.subarray(at, at + MAX_ANSWER_BYTES + DESCRIPTOR_BYTES));
    return items;
  }

  /** @returns how many bytes are done with; 0: more are needed */
  #take(bytes: Buffer, at: number, items: AnswerItem[]): number {
    const descriptor = descriptorAt(bytes, at);
    if (descriptor) {
      this.#endSkipped(items);
      this.#current = descriptor;
      items.push({ type: "begin", descriptor });
      return DESCRIPTOR_BYTES;
    }
    if (isDescriptorBegun(bytes, at)) return 0;
    const current = this.#current;
    const verdict = current ? judge(current, bytes, at) : "wrong";
    if (verdict === "incomplete") return 0;
    if (!current || verdict !== "whole") return this.#skip(verdict === "broken" ? current?.bytes : 0, items);
    this.#endSkipped(items);
    items.push({ type: "answer", kind: current.kind, bytes: bytes.subarray(at, at + current.bytes) });
    if (!current.isStream) this.#current = undefined;
    return current.bytes;
  }

  #skip(claim = 0, items: AnswerItem[]): number {
    if (claim > 0 && this.#claimed === 0) {
      this.#noise.end(items);
      this.#claimed = claim;
    }
    if (this.#claimed === 0) this.#noise.add(1, items);
    else {
      this.#broken++;
      this.#claimed--;
      if (this.#claimed === 0) this.#endBroken(items);
    }
    return 1;
  }

  #endSkipped(items: AnswerItem[]): void {
    this.#noise.end(items);
    this.#endBroken(items);
  }

  #endBroken(items: AnswerItem[]): void {
    if (this.#broken > 0) items.push({ type: "discard", bytes: this.#broken, reason: "checksum" });
    this.#broken = this.#claimed = 0;
  }
}

/** Whether an answer of the kind that is under way begins here. */
function judge({ kind, bytes: length }: Descriptor, bytes: Buffer, at: number): Verdict {
  const isCapsuleKind = kind === "capsules" || kind === "dense";
  if (isCapsuleKind && at + 2 <= bytes.length && !hasCapsuleSync(bytes, at)) return "wrong";
  if (at + length > bytes.length) return "incomplete";
  if (kind === "nodes") return nodeAt(bytes, at) ? "whole" : "wrong";
  if (isCapsuleKind) return isCapsule(bytes, at, length) ? "whole" : "broken";
  return "whole";
}
