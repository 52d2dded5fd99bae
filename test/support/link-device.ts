import { LinkDevice, type Firmware } from "../../devices/dunlin-link/device.ts";
import type { Value } from "../../src/message/index.ts";
import { LinkRun, type FarEnd } from "./link-run.ts";
import { GOOD_WIRE, type WireFaults } from "./lossy-wire.ts";
import { seeded } from "./random.ts";
import type { LinkEvent } from "../../src/link/index.ts";

/** One run of a command. */
export interface Ran {
  readonly name: string;
  readonly value: Value | undefined;
  readonly key: number;
}

const VALUE = { value: { type: "integer" } } as const;
/** A call may be under way for as long as the wire takes. */
const NEVER_MS = 3_600_000;

/** A device of metrics `number` and `plain` and the commands `set`, `slow` and `again`, that can be reset. */
export class TestDevice implements FarEnd {
  /** All runs, also before resets. */
  readonly ran: Ran[] = [];
  firmware: Firmware = {
    name: "test",
    version: "1",
    metrics: { number: { type: "integer" }, plain: { type: "number", unit: "Cel" } },
    commands: {
      set: { description: "", arguments: VALUE, timeoutMs: NEVER_MS },
      slow: { description: "", arguments: VALUE, cancellable: true },
      again: { description: "", arguments: VALUE, idempotent: true, timeoutMs: NEVER_MS },
    },
    maxFrameBytes: 64,
    window: 4,
    run: (name, args, key) => {
      this.ran.push({ name, value: args["value"], key });
      return name === "slow" ? "pending" : { value: args["value"] ?? null };
    },
  };
  link: LinkDevice;

  constructor(more: Partial<Firmware> = {}) {
    this.firmware = { ...this.firmware, ...more };
    this.link = new LinkDevice(this.firmware);
  }

  reset(more: Partial<Firmware> = {}): void {
    this.firmware = { ...this.firmware, ...more };
    this.link = new LinkDevice(this.firmware);
  }

  poll(nowMs: number): Buffer {
    return this.link.poll(nowMs);
  }

  receive(bytes: Uint8Array, nowMs: number): Buffer {
    return this.link.receive(bytes, nowMs);
  }
}

/** A host and such a device; what the host tells, as short texts. */
export function testLink(
  faults: Partial<WireFaults> = {},
  device = new TestDevice(),
  seed = 1,
): { run: LinkRun; device: TestDevice; events: LinkEvent[]; told: () => string[] } {
  const events: LinkEvent[] = [];
  const wire = { ...GOOD_WIRE, ...faults };
  const run = new LinkRun(device, { toHost: wire, toDevice: wire }, seeded(seed), (event) => {
    events.push(event);
  });
  return { run, device, events, told: () => events.splice(0).flatMap(textOf) };
}

function textOf(event: LinkEvent): string[] {
  switch (event.type) {
    case "reading":
      return [JSON.stringify(event.values)];
    case "outcome": {
      const { outcome } = event;
      const how = outcome.ok
        ? `ok ${JSON.stringify(outcome.result)}`
        : `${outcome.code ?? "failed"}: ${outcome.reason}`;
      return [`${event.call} ${how}`];
    }
    case "describe":
      return [`describe ${Object.keys(event.metrics).join()} ${Object.keys(event.commands).join()}`];
    case "log":
      return [event.text];
    case "discard":
      return [`${event.reason} ${event.bytes}`];
    default:
      return [];
  }
}
