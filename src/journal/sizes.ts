import { DunlinError } from "../base/index.ts";
import { ROLLBACK_BYTES } from "./begin-database.ts";
import { PAGE_BYTES } from "./schema.table.ts";
import { SLOT_BYTES } from "./slot-file.ts";

/** How a journal's bytes are divided. */
export interface Sizes {
  readonly intakeBytes: number;
  /** Of the archive. */
  readonly maxPages: number;
  /** Uncompressed bytes in the intake at which the archive takes them over. */
  readonly settleBytes: number;
  /** Of commands in the archive. */
  readonly commandBytes: number;
}

const MIB = 1024 * 1024;

/** Below this there is no room for an intake that takes any record, and an archive worth the name. */
export const MIN_JOURNAL_BYTES = 4 * MIB;

/** The largest record: a batch of readings and one command of the largest size, none of which can be compressed. */
const MIN_INTAKE_BYTES = MIB;
/** A quarter of an hour of commits of one slot each, one a second. */
const MAX_INTAKE_BYTES = 4 * MIB;
/** What is decompressed at once when the archive takes over: memory for a moment, and a tenth of a second. Half of it costs 2 % more bytes written. */
const MAX_SETTLE_BYTES = 6 * MIB;

/** @throws DunlinError `config-invalid` */
export function sizesFor(maxBytes: number): Sizes {
  if (!(maxBytes >= MIN_JOURNAL_BYTES))
    throw new DunlinError(
      "config-invalid",
      `a journal of ${maxBytes} bytes is too small; give it at least ${MIN_JOURNAL_BYTES}`,
    );
  const intake = Math.min(MAX_INTAKE_BYTES, Math.max(MIN_INTAKE_BYTES, maxBytes / 16));
  const intakeBytes = Math.floor(intake / SLOT_BYTES) * SLOT_BYTES;
  const archiveBytes = maxBytes - intakeBytes - 2 * ROLLBACK_BYTES;
  return {
    intakeBytes,
    maxPages: Math.floor(archiveBytes / PAGE_BYTES),
    settleBytes: Math.min(MAX_SETTLE_BYTES, archiveBytes / 2),
    commandBytes: archiveBytes / 8,
  };
}
