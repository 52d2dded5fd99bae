import type { Config } from "../config/index.ts";

/** Whose health is asked for. */
export interface Patient {
  readonly config: Config;
  /** Of the program that asks. */
  readonly version: string;
}
