/** Layer 3: the contract of a driver, and what runs one on a line. */
export type { CallEnd } from "./call-table.ts";
export * from "./device-runner.ts";
export type { DeviceCondition } from "./device-state.ts";
export * from "./driver.ts";
export type { Exchange, Line, LineHandlers } from "./line.ts";
export { OneOrder, type OneOrderOptions } from "./one-order.ts";
export { Polling, type PollingOptions, type PollRequest } from "./polling.ts";
export { SharedLine } from "./shared-line.ts";
