import { DunlinError } from "../base/index.ts";
import type { PortAddress } from "../message/index.ts";
import { openFilePort } from "./file-port.ts";
import type { Port, PortHandlers, PortOptions } from "./port.ts";
import { SimPort } from "./sim-port.ts";
import { openTcpPort } from "./tcp-port.ts";
import { openTtyPort } from "./tty-port.ts";

/**
 * Opens a line once; {@link ReopeningPort} is the one that comes back.
 * @throws DunlinError `port-missing`, `port-denied`, `port-busy`, `port-failed`, `recording-invalid`, `cancelled`; what `simulate` throws
 */
export async function openPort(
  address: PortAddress,
  options: PortOptions,
  handlers: PortHandlers,
): Promise<Port> {
  switch (address.kind) {
    case "tty":
      return openTtyPort(address.path, options, handlers);
    case "tcp":
      return openTcpPort(address, options, handlers);
    case "file":
      return openFilePort(address, options, handlers);
    case "sim":
      return new SimPort(farEnd(address.driver, options), handlers);
  }
}

function farEnd(driver: string, { simulate }: PortOptions): ReturnType<NonNullable<PortOptions["simulate"]>> {
  if (simulate === undefined)
    throw new DunlinError("address-invalid", `sim://${driver}: there are no simulators here`);
  return simulate(driver);
}
