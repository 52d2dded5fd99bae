import { Router, type Context, type Socket, type SocketOptions } from "zeromq";
import { Outbox, receiveAll } from "../base/index.ts";
import { bind } from "./bind.ts";

/** @returns the reply; every request gets one. It never rejects, and must not throw */
export type OnRequest = (body: Buffer) => Buffer | Promise<Buffer>;

/** Replies kept for a socket that cannot take them at once. */
const OUTBOX_CAPACITY = 10_000;

/** A ROUTER that answers: REQ and DEALER peers ask it. */
export class Replier {
  readonly socket: Router;
  readonly #replies: Outbox;

  constructor(options: SocketOptions<Socket> & { readonly context: Context }) {
    this.socket = new Router({ ...options, mandatory: true, handover: true });
    this.#replies = new Outbox(this.socket, OUTBOX_CAPACITY);
  }

  /** @throws DunlinError `address-in-use`, `address-invalid` */
  bind(endpoint: string): Promise<void> {
    return bind(this.socket, endpoint);
  }

  answer(onRequest: OnRequest): void {
    void receiveAll(this.socket, (frames) => this.#reply(frames, onRequest));
  }

  close(): void {
    this.socket.close();
  }

  /** A REQ peer's message is [id, "", body]; a DEALER may put frames of its own before the empty one and gets them back. */
  #reply(frames: Buffer[], onRequest: OnRequest): void {
    const delimiter = frames.findIndex((frame, at) => at > 0 && frame.length === 0);
    const envelope = delimiter < 0 ? frames.slice(0, 1) : frames.slice(0, delimiter + 1);
    const reply = onRequest(frames.at(-1) ?? Buffer.alloc(0));
    if (reply instanceof Promise) void reply.then((body) => this.#replies.send([...envelope, body]));
    else this.#replies.send([...envelope, reply]);
  }
}
