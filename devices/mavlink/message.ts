import type { Value } from "../../src/message/index.ts";
import type { Fields } from "./fields.ts";
import { layoutOf, type Layout } from "./layout.ts";
import type { METRICS } from "./metrics.table.ts";

export type MessageValues = { readonly [Name in keyof typeof METRICS]?: Value };

export interface Message {
  readonly id: number;
  readonly layout: Layout;
  /** Absent: it is no reading. */
  readonly values?: (fields: Fields) => MessageValues;
}

/** What a message is, before its layout is worked out. */
export interface Definition {
  readonly id: number;
  /** See `layoutOf`. */
  readonly fields: string;
  readonly values?: (fields: Fields) => MessageValues;
}

export type Definitions = Readonly<Record<string, Definition>>;

export function messageOf(name: string, { id, fields, values }: Definition): Message {
  return { id, layout: layoutOf(name, fields), ...(values ? { values } : {}) };
}
