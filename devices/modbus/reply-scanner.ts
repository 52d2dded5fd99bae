import { crc16, EXCEPTION, type Request, type Transport } from "./frames.ts";

export type ScanItem =
  /** The reply's PDU, function code first. */
  | { readonly type: "reply"; readonly pdu: Buffer }
  | { readonly type: "exception"; readonly code: number }
  | { readonly type: "discard"; readonly bytes: number; readonly reason: "noise" | "checksum" };

/** What was asked. */
export interface Expected {
  readonly unit: number;
  readonly request: Request;
  readonly transaction: number;
}

/** The longest frame: 256 bytes as RTU, 260 as TCP. */
const MAX_HELD = 512;
/** PZEM's and SenseAir's address for "whoever is there": who answers may give its own. */
const ANY_UNIT = new Set([0xf8, 0xfe]);

/** Finds the reply to one request among whatever else is on the line: zeros before it, an echo, a late reply to another. */
export class ReplyScanner {
  readonly #transport: Transport;
  #held = Buffer.alloc(0);
  #expected: Expected | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** What was held for the request before is nobody's any more. @returns how many bytes that was */
  expect(expected: Expected | undefined): number {
    const stale = this.#held.length;
    this.#held = Buffer.alloc(0);
    this.#expected = expected;
    return stale;
  }

  /** At most one reply or exception; what comes after it waits for the next request. */
  push(chunk: Uint8Array): ScanItem[] {
    if (!this.#expected)
      return chunk.length > 0 ? [{ type: "discard", bytes: chunk.length, reason: "noise" }] : [];
    this.#held = Buffer.concat([this.#held, chunk]).subarray(-MAX_HELD);
    const [match, at] = this.#find(this.#expected);
    const items: ScanItem[] = [];
    if (at > 0) items.push({ type: "discard", bytes: at, reason: "noise" });
    this.#held = this.#held.subarray(at + (match?.bytes ?? 0));
    if (match) {
      items.push(match.item);
      this.#expected = undefined;
      if (this.#held.length > 0) items.push({ type: "discard", bytes: this.#held.length, reason: "noise" });
      this.#held = Buffer.alloc(0);
    }
    return items;
  }

  /** The first place where the reply is, or where it may still come to be. */
  #find(expected: Expected): [{ readonly item: ScanItem; readonly bytes: number } | undefined, number] {
    let maybe: number | undefined;
    for (let at = 0; at < this.#held.length; at++) {
      const found = this.#transport === "rtu" ? this.#rtuAt(at, expected) : this.#tcpAt(at, expected);
      if (typeof found === "object") return [found, at];
      if (found === "maybe") maybe ??= at;
    }
    return [undefined, maybe ?? this.#held.length];
  }

  #rtuAt(at: number, { unit, request }: Expected): { item: ScanItem; bytes: number } | "maybe" | "no" {
    const left = this.#held.length - at;
    if (this.#held[at] !== unit && !ANY_UNIT.has(unit)) return "no";
    if (left < 2) return "maybe";
    const code = this.#held[at + 1] ?? 0;
    const asked = request.pdu[0] ?? 0;
    if (code !== asked && code !== (asked | EXCEPTION)) return "no";
    const pduBytes = code === asked ? request.replyBytes : 2;
    if (left < 1 + pduBytes + 2) return "maybe";
    const pdu = this.#held.subarray(at + 1, at + 1 + pduBytes);
    if (crc16(this.#held, at, at + 1 + pduBytes) !== this.#held.readUInt16LE(at + 1 + pduBytes)) return "no";
    return { item: itemOf(pdu, asked), bytes: 1 + pduBytes + 2 };
  }

  #tcpAt(
    at: number,
    { unit, request, transaction }: Expected,
  ): { item: ScanItem; bytes: number } | "maybe" | "no" {
    const head = this.#held.subarray(at, at + 8);
    const asked = request.pdu[0] ?? 0;
    const begin = Buffer.from([transaction >>> 8, transaction & 0xff, 0, 0]);
    if (!begin.subarray(0, Math.min(4, head.length)).equals(head.subarray(0, 4))) return "no";
    if (head.length < 8) return "maybe";
    const length = head.readUInt16BE(4);
    const code = head[7] ?? 0;
    const isReply = code === asked && length === request.replyBytes + 1;
    const isException = code === (asked | EXCEPTION) && length === 3;
    if (head[6] !== unit || (!isReply && !isException)) return "no";
    if (this.#held.length - at < 6 + length) return "maybe";
    return { item: itemOf(this.#held.subarray(at + 7, at + 6 + length), asked), bytes: 6 + length };
  }
}

function itemOf(pdu: Buffer, asked: number): ScanItem {
  if (pdu[0] === asked) return { type: "reply", pdu: Buffer.from(pdu) };
  return { type: "exception", code: pdu[1] ?? 0 };
}
