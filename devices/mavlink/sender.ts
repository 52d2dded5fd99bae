import { writeFields, type RawFields } from "./fields.ts";
import { messageNamed } from "./messages.ts";
import { writePacket, type Version } from "./protocol.ts";

/** Who we are on the line, and how we write. */
export interface Identity {
  readonly version: Version;
  readonly system: number;
  readonly component: number;
}

/** Writes messages with their running number. */
export class Sender {
  readonly #identity: Identity;
  #seq = 0;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  write(name: string, fields: RawFields): Buffer {
    const { id, layout } = messageNamed(name);
    const bytes = writePacket({
      ...this.#identity,
      seq: this.#seq,
      id,
      payload: writeFields(layout, fields),
    });
    this.#seq = (this.#seq + 1) & 0xff;
    return bytes;
  }
}
