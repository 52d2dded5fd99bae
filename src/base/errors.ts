/** What went wrong, as a closed set: the same word in code, on the wire, in the CLI's --json and in docs/errors.md. */
export const ERROR_CODES = [
  "address-in-use",
  "address-invalid",
  "arguments-invalid",
  "cancelled",
  "clock-skewed",
  "command-unknown",
  "component-lost",
  "component-refused",
  "config-invalid",
  "config-unreadable",
  "disk-failed",
  "disk-full",
  "driver-failed",
  "driver-unknown",
  "expired",
  "insecure-address",
  "internal",
  "interrupted",
  "invitation-invalid",
  "journal-damaged",
  "key-exists",
  "key-exposed",
  "key-invalid",
  "key-missing",
  "message-invalid",
  "message-too-large",
  "not-found",
  "overloaded",
  "port-busy",
  "port-denied",
  "port-failed",
  "port-missing",
  "profile-unknown",
  "query-unknown",
  "recording-invalid",
  "rollout-aborted",
  "rollout-failed",
  "signature-invalid",
  "signature-missing",
  "signer-unknown",
  "state-unwritable",
  "target-unknown",
  "timed-out",
  "usage",
  "version-unsupported",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Codes after which the same call may succeed later with nothing changed by the caller. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "component-lost",
  "disk-failed",
  "disk-full",
  "overloaded",
  "port-busy",
  "port-failed",
  "port-missing",
  "timed-out",
]);

/** Facts beside the message, for --json and logs; never a secret. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** The one error class of Dunlin. `message` says what was wrong, where, and what to do about it. */
export class DunlinError extends Error {
  override readonly name = "DunlinError";
  readonly code: ErrorCode;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; context?: ErrorContext } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.context = options.context ?? {};
  }

  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }
}

/** Any thrown value as a DunlinError; what is not one already is a defect of ours: `internal`. */
export function asDunlinError(thrown: unknown): DunlinError {
  if (thrown instanceof DunlinError) return thrown;
  return new DunlinError("internal", messageOf(thrown), { cause: thrown });
}

/** The text of any thrown value. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The system's error name (`ENOENT`, `EACCES`, …) of a thrown value, if it has one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return typeof code === "string" ? code : undefined;
}
