import type { ExitCode } from "./exit-code.ts";

/** A command's work: loaded when it is run, so that `dunlin version` does not load ZeroMQ. */
export type Work<Args extends unknown[]> = (...args: Args) => Promise<ExitCode>;

/** Makes of a command's work what commander calls: reports what it throws and tells its exit code. */
export type Run = <Args extends unknown[]>(
  load: () => Promise<Work<Args>>,
) => (...args: unknown[]) => Promise<void>;
