import { systemCodeOf } from "./errors.ts";

interface Readable {
  readonly closed: boolean;
  receive(): Promise<Buffer[]>;
}

/**
 * Reads a socket until it is closed; one receive at a time, as zeromq.js wants it. `onMessage` must not throw: what it
 * makes of a bad message is its own affair. If it gives a promise, the next message is not read before that resolves: the senders wait.
 */
export async function receiveAll(
  socket: Readable,
  onMessage: (frames: Buffer[]) => void | Promise<void>,
): Promise<void> {
  while (!socket.closed) {
    let frames: Buffer[];
    try {
      frames = await socket.receive();
    } catch (cause) {
      if (socket.closed || systemCodeOf(cause) === "EAGAIN" || systemCodeOf(cause) === "ENOTSOCK") return;
      throw cause;
    }
    const wait = onMessage(frames);
    if (wait) await wait;
  }
}
