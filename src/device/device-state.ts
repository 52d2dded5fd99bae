import type { DunlinError, ErrorCode } from "../base/index.ts";
import type { DeviceState } from "../message/index.ts";

/** How a device is, and why. */
export interface DeviceCondition {
  readonly state: DeviceState;
  readonly code?: ErrorCode;
  readonly reason?: string;
}

export type DeviceEvent =
  | { readonly type: "port-open" }
  | { readonly type: "port-down"; readonly error: DunlinError }
  | { readonly type: "bytes" }
  /** No byte for longer than the driver allows. */
  | { readonly type: "silence"; readonly silenceMs: number }
  /** Bytes, but for long no reading among them. */
  | { readonly type: "gibberish"; readonly baudRate: number }
  /** A reading, or what else was right, after gibberish. */
  | { readonly type: "sense" }
  | { readonly type: "driver-failed"; readonly reason: string };

/**
 * The condition of a device as a pure state machine.
 *
 *   starting ──bytes──► online ◄──bytes── silent
 *      any ──port-down──► unplugged (the port is missing) │ failed (busy, no permission, …)
 *      any ──driver-failed──► failed
 */
export function next(condition: DeviceCondition, event: DeviceEvent): DeviceCondition {
  switch (event.type) {
    case "port-open":
      return { state: "starting" };
    case "port-down":
      return portDown(event.error);
    case "bytes":
      return condition.state === "online" ? condition : { state: "online" };
    case "silence":
      return condition.state === "starting" || condition.state === "online"
        ? silent(event.silenceMs)
        : condition;
    case "gibberish":
      return condition.state === "online" ? gibberish(event.baudRate) : condition;
    case "sense":
      return condition.state === "online" ? { state: "online" } : condition;
    case "driver-failed":
      return { state: "failed", code: "driver-failed", reason: event.reason };
  }
}

function portDown({ code, message }: DunlinError): DeviceCondition {
  return { state: code === "port-missing" ? "unplugged" : "failed", code, reason: message };
}

function silent(silenceMs: number): DeviceCondition {
  return { state: "silent", reason: `no bytes for ${silenceMs / 1_000} s` };
}

function gibberish(baudRate: number): DeviceCondition {
  return {
    state: "online",
    code: "message-invalid",
    reason: `bytes come but none make a reading: is baudRate ${baudRate} right, and is this the device?`,
  };
}
