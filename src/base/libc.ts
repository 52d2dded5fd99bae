import { withoutWarnings } from "./warnings.ts";

/** Of node:ffi, which is experimental in Node 26 and absent before. */
interface Ffi {
  dlopen(
    library: null,
    functions: Record<string, { readonly arguments: readonly string[]; readonly return: string }>,
  ): { readonly functions: Record<string, (...args: readonly LibcValue[]) => number | bigint> };
}

type LibcValue = number | bigint | Uint8Array;

/** A C function's types, as node:ffi names them: the result's, then the arguments'. */
export type LibcSignature = readonly [result: string, ...args: string[]];

/**
 * Functions of the C library that Node itself does not offer. They run in this thread: only such as return at once.
 * @returns undefined where this Node cannot call them
 */
export function loadLibc<Name extends string>(
  signatures: Readonly<Record<Name, LibcSignature>>,
): Readonly<Record<Name, (...args: readonly LibcValue[]) => number | bigint>> | undefined {
  const functions = Object.fromEntries(
    Object.entries<LibcSignature>(signatures).map(([name, [result, ...args]]) => [
      name,
      { arguments: args, return: result },
    ]),
  );
  try {
    // That it is experimental is known, and no user's affair.
    const ffi = withoutWarnings(() => process.getBuiltinModule("node:ffi") as Ffi | undefined);
    return ffi?.dlopen(null, functions).functions as ReturnType<typeof loadLibc<Name>>;
  } catch {
    return undefined;
  }
}
