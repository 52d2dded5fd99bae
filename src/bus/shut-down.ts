/** Of node:ffi, which is experimental in Node 26 and absent before. */
interface Ffi {
  dlopen(
    library: null,
    functions: Record<string, { readonly arguments: readonly string[]; readonly return: string }>,
  ): { readonly functions: Record<string, (...args: number[]) => number> };
}

/** shutdown(2): no more receptions, no more transmissions. */
const SHUT_RDWR = 2;

/**
 * Ends a TCP connection that is libzmq's, which itself has no way to end one: the peer sees its end, and libzmq does.
 * undefined where this Node cannot call the system.
 */
export const shutDown: ((fd: number) => void) | undefined = load();

function load(): ((fd: number) => void) | undefined {
  const { emitWarning } = Object.getOwnPropertyDescriptors(process);
  // That it is experimental is known, and no user's affair.
  process.emitWarning = () => {};
  try {
    const ffi = process.getBuiltinModule("node:ffi") as Ffi | undefined;
    const { shutdown } =
      ffi?.dlopen(null, { shutdown: { arguments: ["i32", "i32"], return: "i32" } }).functions ?? {};
    return shutdown && ((fd) => void shutdown(fd, SHUT_RDWR));
  } catch {
    return undefined;
  } finally {
    Object.defineProperty(process, "emitWarning", emitWarning);
  }
}
