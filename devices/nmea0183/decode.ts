import type { Value } from "../../src/message/index.ts";
import type { Fields } from "./fields.ts";
import type { METRICS } from "./metrics.table.ts";

/** Values of one sentence. */
type SentenceValues = { readonly [Name in keyof typeof METRICS]?: Value };
/** @returns null where a sentence tells nothing that another of its group has not told */
export type Decode = (fields: Fields) => SentenceValues | null;
