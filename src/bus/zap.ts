import { Router, type Context } from "zeromq";
import { Outbox, receiveAll } from "../base/index.ts";

export interface ZapRequest {
  /** ZMQ_ZAP_DOMAIN of the socket that is asked for. */
  readonly domain: string;
  /** The peer's IP address, without a port; `::1` has no brackets. */
  readonly address: string;
  /** CURVE's public key, 32 bytes; absent with the mechanism NULL, which has no keys. */
  readonly publicKey?: Buffer;
}

/** Where libzmq asks (ZeroMQ RFC 27); it is one to a context. */
const ENDPOINT = "inproc://zeromq.zap.01";
const VERSION = "1.0";
const KEY_BYTES = 32;

const EMPTY = Buffer.alloc(0);
/** Status, text, user id, metadata. */
const ADMITTED = [Buffer.from("200"), Buffer.from("OK"), EMPTY, EMPTY];
/** 300, not 400: the peer tries again, and gets in when its key is allowed later. */
const REFUSED = [Buffer.from("300"), Buffer.from("key not authorized"), EMPTY, EMPTY];
/** Handshakes that wait for an answer. */
const OUTBOX_CAPACITY = 10_000;

/**
 * Decides who may connect, for the sockets of one context. It has to be there before the first of them is bound: CURVE
 * without a handler lets everybody in (ZMQ_ZAP_ENFORCE_DOMAIN, which our sockets set, would let nobody in).
 */
export class ZapHandler {
  readonly #socket: Router;
  readonly #outbox: Outbox;
  readonly #admit: (request: ZapRequest) => boolean;

  private constructor(socket: Router, admit: (request: ZapRequest) => boolean) {
    this.#socket = socket;
    this.#outbox = new Outbox(socket, OUTBOX_CAPACITY);
    this.#admit = admit;
  }

  /** @param admit must not throw */
  static async open(context: Context, admit: (request: ZapRequest) => boolean): Promise<ZapHandler> {
    const socket = new Router({ context, linger: 0 });
    await socket.bind(ENDPOINT);
    const handler = new ZapHandler(socket, admit);
    void receiveAll(socket, (frames) => handler.#receive(frames));
    return handler;
  }

  close(): void {
    this.#socket.close();
  }

  #receive(frames: readonly Buffer[]): void {
    const asked = readZapRequest(frames);
    if (!asked) return;
    const admitted = asked.request !== undefined && this.#admit(asked.request);
    this.#outbox.send([...asked.returned, ...(admitted ? ADMITTED : REFUSED)]);
  }
}

/** What is asked, and what the answer begins with. */
export interface ZapAsked {
  readonly returned: readonly Buffer[];
  /** Absent if it is no request that anybody could be admitted by. */
  readonly request?: ZapRequest;
}

/**
 * Pure. [peer, "", version, request id, domain, address, identity, mechanism, credentials…]
 * @returns undefined if it cannot even be answered
 */
export function readZapRequest(frames: readonly Buffer[]): ZapAsked | undefined {
  const [peer, , version, id, domain, address, , mechanism, key, ...rest] = frames;
  if (!peer || !id) return undefined;
  const returned = [peer, EMPTY, Buffer.from(VERSION), id];
  const isKnown = version?.toString() === VERSION && rest.length === 0;
  const asked = { domain: String(domain), address: String(address) };
  if (isKnown && mechanism?.toString() === "NULL" && key === undefined) return { returned, request: asked };
  if (isKnown && mechanism?.toString() === "CURVE" && key?.length === KEY_BYTES)
    return { returned, request: { ...asked, publicKey: key } };
  return { returned };
}
