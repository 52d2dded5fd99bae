/** Layer 3: what becomes of a command, from its arrival to its final state. Pure; who sends it on and who hears of it is the agent's affair. */
export { COMMAND_CAPACITY, CommandTable, type CommandEntry } from "./command-table.ts";
export { type CommandEvent } from "./lifecycle.ts";
