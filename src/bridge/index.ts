/** Layer 4: the process that runs devices on ports and sends their readings to the core. */
export { runBridge, type BridgeOptions } from "./bridge.ts";
export type { Drivers } from "./bridge-device.ts";
export type { BridgeConfig, DevicePlan } from "./plan.ts";
