import type { EventType, Socket } from "zeromq";

/**
 * Hands over what libzmq tells of a socket's connections, until the socket is closed. Who has begun to read must read
 * on: beyond 2 000 unread events libzmq's I/O thread waits, and with it every connection.
 */
export async function watchEvents(socket: Socket, onEvent: (type: EventType) => void): Promise<void> {
  const { events } = socket;
  while (!events.closed) {
    // Closing the socket ends a receive under way with nothing or with `end`, and refuses the next one.
    const event = await events.receive().catch(() => undefined);
    if (event === undefined || event.type === "end") return;
    onEvent(event.type);
  }
}

/** The TCP connection was there, and the handshake failed: another's key, or a mechanism that only one of them has. */
export function isRefusal(type: EventType): boolean {
  return type.startsWith("handshake:error");
}
