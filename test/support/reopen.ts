import type { Test } from "tap";
import { parsePortAddress } from "../../src/message/index.ts";
import { ReopeningPort, type ReopeningPortOptions } from "../../src/serial/index.ts";
import { LINE } from "./line.ts";
import { PortLog } from "./port-log.ts";

/** Waits that no test lives to see the end of: what comes back nevertheless came back because the device appeared. */
export const NEVER = { firstMs: 3_600_000, maxMs: 3_600_000 };
/** Waits for what nobody can see appear. */
export const SOON = { firstMs: 10, maxMs: 20 };

/** A ReopeningPort that looks often, and what it told. */
export function reopen(
  t: Test,
  address: string,
  options: Partial<ReopeningPortOptions> = {},
): { port: ReopeningPort; log: PortLog } {
  const log = new PortLog();
  const { onChunk, onState } = log;
  const port = ReopeningPort.open(parsePortAddress(address), {
    line: LINE,
    onChunk,
    onState,
    seekMs: 5,
    backoff: NEVER,
    ...options,
  });
  t.teardown(() => port.close());
  return { port, log };
}
