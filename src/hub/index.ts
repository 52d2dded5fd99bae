/** Layer 4: where agents meet. Their links, their streams into one journal, their registry, and commands to many. */
export { Hub } from "./hub.ts";
export type { HubOptions } from "./options.ts";
