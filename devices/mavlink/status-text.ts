import type { Fields } from "./fields.ts";

const SEVERITIES = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"] as const;
const CHUNK_BYTES = 50;
/** More pieces than vehicles send, so that a text that never ends takes no memory. */
const MAX_CHUNKS = 8;

/** Lines for people. Long ones come in pieces of 50 bytes with the same id; one that is not full is the last. STATUSTEXT. */
export class StatusText {
  #id = 0;
  #chunks: string[] = [];

  /** @returns the line, if it is whole */
  take(fields: Fields): string | undefined {
    const id = fields.number("id");
    const seq = fields.number("chunk_seq");
    const text = fields.text("text");
    const isFull = !fields.list("text").includes(0) && fields.list("text").length === CHUNK_BYTES;
    const severity = SEVERITIES[fields.number("severity")] ?? "info";
    if (id === 0) return `${severity}: ${text}`;
    if (seq === 0) this.#chunks = [];
    // A piece is missing: what is there is better than nothing.
    else if (id !== this.#id || seq !== this.#chunks.length) this.#chunks = ["…"];
    this.#id = id;
    this.#chunks.push(text);
    if (isFull && this.#chunks.length < MAX_CHUNKS) return undefined;
    const line = this.#chunks.join("");
    this.#chunks = [];
    return `${severity}: ${line}`;
  }
}
