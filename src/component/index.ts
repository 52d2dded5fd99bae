/** Layer 3: the parts of the agent that are processes of their own. Started, watched, ended and started again; or attached when they come. */
export { Component, type ComponentHandlers, type Loss } from "./component.ts";
export { SPINNING_MS, type HangLimits } from "./hang.ts";
export { type Program } from "./process.ts";
export { ownProgram } from "./own-program.ts";
