/** What one look at the host, the configuration or a running agent has shown. */
export interface Finding {
  /** What was looked at: `clock`, `port gps`, `disk`. */
  readonly subject: string;
  /** `skipped`: it could not be looked at, and why is said. */
  readonly severity: "ok" | "warning" | "problem" | "skipped";
  readonly found: string;
  /** What to do about it. */
  readonly remedy?: string;
}

export function ok(subject: string, found: string): Finding {
  return { subject, severity: "ok", found };
}

export function warning(subject: string, found: string, remedy: string): Finding {
  return { subject, severity: "warning", found, remedy };
}

export function problem(subject: string, found: string, remedy: string): Finding {
  return { subject, severity: "problem", found, remedy };
}

export function skipped(subject: string, found: string): Finding {
  return { subject, severity: "skipped", found };
}
