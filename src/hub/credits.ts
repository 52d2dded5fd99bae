import type { AgentLink } from "./agent-link.ts";

/** What all agents together may have on the way to the journal, bytes of bodies; and what one may, at least and at most. */
const POOL_BYTES = 48 * 1024 * 1024;
const MIN_CREDIT_BYTES = 32 * 1024;
const MAX_CREDIT_BYTES = 1024 * 1024;

interface Owed {
  /** Absent: nobody's, it came by replay. */
  readonly link: AgentLink | undefined;
  bytes: number;
}

/** Whose bytes wait for the journal, in its order: what becomes durable is granted again. */
export class Credits {
  readonly #owed: Owed[] = [];
  readonly #dirty = new Set<AgentLink>();
  #first = 0;

  /** What a newcomer may have on the way. */
  static of(agents: number): number {
    return Math.min(MAX_CREDIT_BYTES, Math.max(MIN_CREDIT_BYTES, Math.floor(POOL_BYTES / agents)));
  }

  /** Bytes that were given to the journal. */
  journaling(link: AgentLink | undefined, bytes: number): void {
    const last = this.#owed.length > this.#first ? this.#owed.at(-1) : undefined;
    if (last && last.link === link) last.bytes += bytes;
    else this.#owed.push({ link, bytes });
  }

  /** The journal has as many bytes more. */
  settle(bytes: number): void {
    let left = bytes;
    while (left > 0) {
      const owed = this.#owed[this.#first];
      if (!owed) break;
      const part = Math.min(left, owed.bytes);
      left -= part;
      owed.bytes -= part;
      if (owed.link) this.grant(owed.link, part);
      if (owed.bytes === 0) this.#first++;
    }
    if (this.#first > 1_000) this.#first -= this.#owed.splice(0, this.#first).length;
  }

  /** Bytes that the journal never gets. */
  grant(link: AgentLink, bytes: number): void {
    link.grant(bytes);
    this.#dirty.add(link);
  }

  /** Tells those whose credit has grown; a few times a second. */
  tell(): void {
    for (const link of this.#dirty) link.tellCredit();
    this.#dirty.clear();
  }
}
