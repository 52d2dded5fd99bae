import type { Config } from "../config/index.ts";

/** Whose health is asked for. */
export interface Patient {
  readonly config: Config;
  /** Of the program that asks. */
  readonly version: string;
  /** The unit that runs it, if this is the configuration of one. */
  readonly service?: string;
}
