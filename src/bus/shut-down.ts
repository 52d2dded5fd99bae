import { loadLibc } from "../base/index.ts";

/** shutdown(2): no more receptions, no more transmissions. */
const SHUT_RDWR = 2;

const libc = loadLibc({ shutdown: ["i32", "i32", "i32"] });

/**
 * Ends a TCP connection that is libzmq's, which itself has no way to end one: the peer sees its end, and libzmq does.
 * undefined where this Node cannot call the system.
 */
export const shutDown: ((fd: number) => void) | undefined =
  libc && ((fd) => void libc.shutdown(fd, SHUT_RDWR));
