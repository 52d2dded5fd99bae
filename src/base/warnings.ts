/** Does what is known to warn (process.emitWarning), where there is nothing to be warned of. */
export function withoutWarnings<T>(work: () => T): T {
  const { emitWarning } = Object.getOwnPropertyDescriptors(process);
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    Object.defineProperty(process, "emitWarning", emitWarning);
  }
}
