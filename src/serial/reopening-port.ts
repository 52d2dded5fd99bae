import {
  asDunlinError,
  backoffMs,
  type BackoffLimits,
  DunlinError,
  monotonicMs,
  PEER_BACKOFF,
} from "../base/index.ts";
import { formatPortAddress, type PortAddress } from "../message/index.ts";
import { lookAt, watchNode } from "./device-node.ts";
import { openPort } from "./open-port.ts";
import type { Port, PortHandlers, PortOptions } from "./port.ts";
import { next, type PortAction, type PortEvent, type PortState } from "./port-state.ts";

export interface ReopeningPortOptions extends Omit<PortOptions, "signal"> {
  /** Bytes as they came; the chunk is valid only during the call. Must not throw. */
  readonly onChunk: (chunk: Uint8Array) => void;
  /** Every change of state, the first `opening` included. Must not throw. */
  readonly onState: (state: PortState) => void;
  /** Waits between tries. Default {@link PEER_BACKOFF}, 1 s to 32 s. */
  readonly backoff?: BackoffLimits;
  /** How often an absent device node is looked for, ms. Default 500. */
  readonly seekMs?: number;
}

/** A plugged-in adapter is open half a second later at most; two system calls a second are nothing. */
const SEEK_MS = 500;

/**
 * A line that is opened again whenever it was lost or could not be opened: the shell of the state machine in
 * port-state.ts. A device that is absent at the start is no error. Ends only by `close()`.
 */
export class ReopeningPort {
  readonly address: PortAddress;
  readonly #options: ReopeningPortOptions;
  #state: PortState = { kind: "closed" };
  #port: Port | undefined;
  #openedAtMs = 0;
  /** The device node as the last try found it, in one word; what differs from it is worth a try at once. */
  #seen = "";
  #abandon = new AbortController();
  #endWait: () => void = () => undefined;
  /** The opening or letting go that is under way. */
  #task: Promise<void> = Promise.resolve();

  private constructor(address: PortAddress, options: ReopeningPortOptions) {
    this.address = address;
    this.#options = options;
  }

  /** Begins at once; `onState` tells how it goes. */
  static open(address: PortAddress, options: ReopeningPortOptions): ReopeningPort {
    const port = new ReopeningPort(address, options);
    port.#on({ type: "start" });
    return port;
  }

  get state(): PortState {
    return this.#state;
  }

  /**
   * As {@link Port.write}.
   * @throws DunlinError the reason for which the line is not open now
   */
  async write(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (this.#state.kind !== "open" || this.#port === undefined) throw notOpen(this.address, this.#state);
    return this.#port.write(bytes, signal);
  }

  /** Idempotent; afterwards there are no callbacks, timers or descriptors of this port. */
  async close(): Promise<void> {
    this.#on({ type: "stop" });
    await this.#task;
  }

  #on(event: PortEvent): void {
    const before = this.#state;
    const { state, actions } = next(before, event, (waits) =>
      backoffMs(waits, this.#options.backoff ?? PEER_BACKOFF),
    );
    this.#state = state;
    for (const action of actions) this.#perform(action);
    if (state.kind !== before.kind) this.#options.onState(state);
  }

  #perform(action: PortAction): void {
    switch (action) {
      case "open":
        this.#task = this.#open();
        return;
      case "abandon":
        return this.#abandon.abort();
      case "release":
        this.#task = this.#release();
        return;
      case "wait":
        return this.#wait();
      case "end-wait":
        return this.#endWait();
    }
  }

  async #open(): Promise<void> {
    this.#abandon = new AbortController();
    this.#on(await this.#tryToOpen(this.#abandon.signal));
  }

  async #tryToOpen(signal: AbortSignal): Promise<PortEvent> {
    try {
      this.#seen = await this.#look();
      const port = await openPort(this.address, { ...this.#options, signal }, this.#handlers());
      // `close()` may have come between the opening and this line.
      if (signal.aborted) await port.close();
      this.#port = port;
      this.#openedAtMs = monotonicMs();
      return { type: "opened" };
    } catch (thrown) {
      return { type: "failed", error: asDunlinError(thrown) };
    }
  }

  #handlers(): PortHandlers {
    return {
      onChunk: this.#options.onChunk,
      onLost: (error) => this.#on({ type: "lost", error, heldMs: monotonicMs() - this.#openedAtMs }),
    };
  }

  async #release(): Promise<void> {
    const port = this.#port;
    this.#port = undefined;
    await port?.close();
    this.#on({ type: "released" });
  }

  #wait(): void {
    const retryMs = this.#state.kind === "waiting" ? this.#state.retryMs : 0;
    const timer = setTimeout(() => this.#on({ type: "due" }), retryMs);
    const endWatch = this.#seek();
    this.#endWait = () => {
      clearTimeout(timer);
      endWatch();
    };
  }

  #seek(): () => void {
    if (this.address.kind !== "tty") return () => undefined;
    return watchNode(this.address.path, this.#options.seekMs ?? SEEK_MS, (node) => {
      const seen = inOneWord(node);
      const changed = seen !== this.#seen;
      this.#seen = seen;
      if (changed && node !== undefined) this.#on({ type: "appeared" });
    });
  }

  async #look(): Promise<string> {
    return this.address.kind === "tty" ? inOneWord(await lookAt(this.address.path)) : "";
  }
}

/** The status-change time too: udev gives a node its permissions after it is there. */
function inOneWord(node: Awaited<ReturnType<typeof lookAt>>): string {
  return node === undefined ? "absent" : `${node.dev} ${node.ino} ${node.rdev} ${node.ctimeMs}`;
}

function notOpen(address: PortAddress, state: PortState): DunlinError {
  const text = formatPortAddress(address);
  if (state.kind === "lost" || state.kind === "waiting")
    return new DunlinError(state.error.code, `${text} is not open: ${state.error.message}`, {
      cause: state.error,
    });
  return new DunlinError(
    "port-missing",
    `${text} is not open ${state.kind === "opening" ? "yet" : "any more"}`,
  );
}
