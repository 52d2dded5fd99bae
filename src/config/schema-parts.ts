import * as Type from "typebox";
import { NAME_PATTERN } from "../message/index.ts";
import { NAME_TITLE } from "./name.ts";

/** Nothing is put into a map after this: an unknown key is a fault. */
export const CLOSED = { additionalProperties: false } as const;

/** The schema of a name. */
export const name = (description: string, options: { default?: string; examples?: string[] } = {}) =>
  Type.String({ title: NAME_TITLE, pattern: NAME_PATTERN, description, ...options });
