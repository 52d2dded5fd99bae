/** Where the system shows its devices and processes; replaced by a made-up tree in tests. */
export interface SystemRoots {
  readonly dev: string;
  readonly sys: string;
  readonly proc: string;
  readonly etc: string;
}

export const SYSTEM: SystemRoots = { dev: "/dev", sys: "/sys", proc: "/proc", etc: "/etc" };
