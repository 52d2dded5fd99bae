/** Layer 0: what everything stands on. Errors, time, waiting, bounded memory, log lines. */
export * from "./backoff.ts";
export * from "./bounded-queue.ts";
export * from "./clock.ts";
export * from "./errors.ts";
export * from "./libc.ts";
export * from "./log.ts";
export * from "./name-lock.ts";
export * from "./outbox.ts";
export * from "./rate-limit.ts";
export * from "./receive.ts";
export * from "./settle.ts";
export * from "./warnings.ts";
