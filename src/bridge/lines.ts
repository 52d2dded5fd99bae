import { SharedLine, type Line, type LineHandlers } from "../device/index.ts";
import { formatPortAddress, type PortAddress } from "../message/index.ts";
import { ReopeningPort, type PortOptions } from "../serial/index.ts";

type Options = Omit<PortOptions, "signal">;

/** The devices' lines, on ports that come back by themselves. Devices of drivers that take turns share one if their ports are the same. */
export class Lines {
  readonly #shared = new Map<string, SharedLine>();

  /** @param isShared whether the device's driver takes turns */
  open(port: PortAddress, options: Options, isShared: boolean, handlers: LineHandlers): Line {
    if (!isShared) return openLine(port, options, handlers);
    return this.#sharedLine(port, options).join(handlers);
  }

  /** A simulator is one device's, so its line is, too. */
  #sharedLine(port: PortAddress, options: Options): SharedLine {
    const name = formatPortAddress(port);
    const known = port.kind === "sim" ? undefined : this.#shared.get(name);
    // One that all have left would be opened anew as it was opened first.
    if (known && !known.isLeft) return known;
    const line = new SharedLine((handlers) => openLine(port, options, handlers));
    this.#shared.set(name, line);
    return line;
  }
}

function openLine(port: PortAddress, options: Options, handlers: LineHandlers): Line {
  return ReopeningPort.open(port, {
    ...options,
    onChunk: (chunk) => handlers.onChunk(chunk),
    onState: (state) => {
      if (state.kind === "open") handlers.onOpen();
      else if (state.kind === "lost" || state.kind === "waiting") handlers.onDown(state.error);
    },
  });
}
