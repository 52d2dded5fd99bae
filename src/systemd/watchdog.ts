/** Signs of life in one limit: one that is late, or lost, is not missed. */
const PER_LIMIT = 3;

/**
 * How often the service manager must hear from us, ms (sd_watchdog_enabled(3)); takes it out of the environment, since it is
 * not for the processes that we start.
 * @returns undefined without a watchdog, or with one that is for another process
 */
export function watchdogIntervalMs(environment: NodeJS.ProcessEnv, pid: number): number | undefined {
  const { WATCHDOG_USEC: limitUs, WATCHDOG_PID: watched } = environment;
  delete environment["WATCHDOG_USEC"];
  delete environment["WATCHDOG_PID"];
  if (limitUs === undefined || !/^[1-9]\d{0,15}$/.test(limitUs)) return undefined;
  if (watched !== undefined && watched !== String(pid)) return undefined;
  return Number(limitUs) / 1_000 / PER_LIMIT;
}
