/** Layer 2: PAIR between the core and its components, on one host. Readings go through as they are; all else is a verb with a map. */
export { ComponentEnd, type ComponentEndHandlers } from "./component-end.ts";
export { CoreEnd, type CoreEndHandlers } from "./core-end.ts";
export * from "./messages.ts";
