/** How long to wait before the next try. Full jitter over the upper half, so that a thousand agents that lost the same peer do not return in step. */
export interface BackoffLimits {
  /** First wait, ms. */
  readonly firstMs: number;
  /** Longest wait, ms. */
  readonly maxMs: number;
}

/** Peers and ports: 1 s doubling to 32 s. */
export const PEER_BACKOFF: BackoffLimits = { firstMs: 1_000, maxMs: 32_000 };

/** Component processes: the first restart comes at once (the promise is "back within 2 s"), then 0.5 s doubling to 32 s. */
export const RESTART_BACKOFF: BackoffLimits = { firstMs: 500, maxMs: 32_000 };

/**
 * Wait before try number `attempt`, ms.
 * @param attempt 0 for the first retry
 * @param random uniform in [0, 1)
 */
export function backoffMs(
  attempt: number,
  limits: BackoffLimits,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceiling * (0.5 + random() * 0.5));
}
