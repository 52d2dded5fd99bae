/**
 * Above layer 1, below 2: the agent's configuration. One YAML file and conf.d/ beside it become a typed {@link Config}, or a list of
 * everything that is wrong with them, each with file, line and column. Knows of drivers only what it is told.
 */
export * from "./config.ts";
export { type Description, type Descriptions, loadDescription, loadDescriptions } from "./descriptions.ts";
export { parseDuration } from "./duration.ts";
export { jsonSchema } from "./editor-schema.ts";
export type { Environment } from "./environment.ts";
export type { ConfigFault, FaultCode } from "./fault.ts";
export { formatFault } from "./fault-text.ts";
export { type ConfigOptions, type DriverShelf, loadConfig, parseConfig } from "./load.ts";
export { defaultName } from "./name.ts";
export { isLoopback } from "./rules.ts";
export type { DriverSchema } from "./schema.ts";
