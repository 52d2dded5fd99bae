import type { Line, LineHandlers } from "../device/index.ts";
import type { PortAddress } from "../message/index.ts";
import { ReopeningPort, type PortOptions } from "../serial/index.ts";

/** A device's line on a port that comes back by itself. */
export function openLine(
  port: PortAddress,
  options: Omit<PortOptions, "signal">,
  handlers: LineHandlers,
): Line {
  return ReopeningPort.open(port, {
    ...options,
    onChunk: (chunk) => handlers.onChunk(chunk),
    onState: (state) => {
      if (state.kind === "open") handlers.onOpen();
      else if (state.kind === "lost" || state.kind === "waiting") handlers.onDown(state.error);
    },
  });
}
