/** How far a command is that has not ended. Its times are monotonic, ms: that the host's clock is set must end nothing. */
export interface Course {
  /**
   * `admitting`: the journal has not said yet whether it is new; nothing may happen to it. `waiting`: for its device's component; `starting`: it is being noted that it runs; `handed`: its component has it, as
   * that lives now, and must not be given it again.
   */
  phase: "admitting" | "waiting" | "starting" | "handed";
  /** Until when it may start. */
  readonly deadlineMs: number;
  /** When it was last handed over. */
  handedMs?: number;
  /** It ran when the agent ended: until when its device may still say whether it may run twice. */
  resumeByMs?: number;
}
