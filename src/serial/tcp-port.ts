import { connect, type Socket } from "node:net";
import { DunlinError, messageOf, systemCodeOf } from "../base/index.ts";
import { formatPortAddress, type PortAddress } from "../message/index.ts";
import {
  MAX_PENDING_BYTES,
  type Port,
  type PortHandlers,
  type PortOptions,
  READ_BYTES,
  throwIfAborted,
} from "./port.ts";
import { checkRoom } from "./write-queue.ts";

type TcpAddress = Extract<PortAddress, { kind: "tcp" }>;

/** A serial server in the same building answers in milliseconds; over a mobile link in one or two seconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** The first keep-alive probe of a silent line; nine more follow a second apart, then it is lost. */
const KEEP_ALIVE_MS = 10_000;

/**
 * Connects to a serial server (ser2net in raw mode, an ESP bridge).
 * @throws DunlinError `port-missing` when nothing answers there, `port-failed`, `cancelled`
 */
export async function openTcpPort(
  address: TcpAddress,
  options: PortOptions,
  handlers: PortHandlers,
): Promise<Port> {
  throwIfAborted(options.signal);
  const { promise, resolve, reject } = Promise.withResolvers<Port>();
  const port = new TcpPort(address, handlers, (error) =>
    error === undefined ? resolve(port) : reject(error),
  );
  const timer = setTimeout(
    () => port.giveUp(unanswered(address)),
    options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
  );
  const abort = (): void => port.giveUp(new DunlinError("cancelled", "connecting was given up"));
  options.signal?.addEventListener("abort", abort, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", abort);
  });
}

class TcpPort implements Port {
  readonly #address: TcpAddress;
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #connected = false;
  #ended: DunlinError | undefined;

  /** @param onOpened called once: without an error when connected, else with it */
  constructor(address: TcpAddress, handlers: PortHandlers, onOpened: (error?: DunlinError) => void) {
    this.#address = address;
    const onread = { buffer: Buffer.allocUnsafe(READ_BYTES), callback: onBytes };
    const keepAlive = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    const { host, port } = address;
    this.#socket = connect({ host, port, noDelay: true, ...keepAlive, onread });
    const closed = Promise.withResolvers<void>();
    this.#closed = closed.promise;
    this.#socket.on("connect", () => {
      this.#connected = true;
      onOpened();
    });
    // "close" follows and has the same reason in `errored`.
    this.#socket.on("error", () => undefined);
    this.#socket.on("close", () => {
      closed.resolve();
      const byItself = this.#ended === undefined;
      this.#ended ??= explain(this.#address, this.#socket.errored, this.#connected);
      if (!this.#connected) onOpened(this.#ended);
      else if (byItself) handlers.onLost(this.#ended);
    });
    function onBytes(bytes: number, buffer: Uint8Array): boolean {
      handlers.onChunk(buffer.subarray(0, bytes));
      return true;
    }
  }

  /** Node's socket is the queue: in order, and told apart by their callbacks. */
  async write(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    if (this.#ended !== undefined) throw this.#ended;
    checkRoom(this.#socket.writableLength, bytes.length, MAX_PENDING_BYTES);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#socket.write(bytes, (failure) => {
      if (failure) reject(this.#ended ?? explain(this.#address, failure, true));
      else resolve();
    });
    return promise;
  }

  close(): Promise<void> {
    this.giveUp(new DunlinError("cancelled", `${formatPortAddress(this.#address)} was closed`));
    return this.#closed;
  }

  /** Ends it with this error, unless it has ended. */
  giveUp(error: DunlinError): void {
    this.#ended ??= error;
    this.#socket.destroy();
  }
}

/** What a host or a name that is not there gives, and what to look at. */
const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there; is the serial server running, and is the port number right?",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be looked up now; is the network up?",
  EHOSTUNREACH: "the host does not answer; is it switched on and in this network?",
  ENETUNREACH: "there is no way to that network; is the network up?",
};

function explain(address: TcpAddress, failure: Error | null, connected: boolean): DunlinError {
  const text = formatPortAddress(address);
  const details = { context: { port: text }, ...(failure && { cause: failure }) };
  if (connected)
    return new DunlinError(
      "port-failed",
      `${text} was lost: ${failure ? messageOf(failure) : "the other side closed it"}`,
      details,
    );
  const remedy = REMEDIES[systemCodeOf(failure) ?? ""];
  if (remedy !== undefined)
    return new DunlinError("port-missing", `cannot connect to ${text}: ${remedy}`, details);
  return new DunlinError("port-failed", `cannot connect to ${text}: ${messageOf(failure)}`, details);
}

function unanswered(address: TcpAddress): DunlinError {
  const text = formatPortAddress(address);
  const hint = "no answer; is the host switched on, and does a firewall drop the connection?";
  return new DunlinError("port-missing", `cannot connect to ${text}: ${hint}`, { context: { port: text } });
}
