import { DunlinError, monotonicMs, RateLimit, type ClockQuality } from "../base/index.ts";
import type { AuthorizedKey } from "../keys/index.ts";
import {
  isSignedBy,
  splitManyTarget,
  splitTarget,
  type Command,
  type Envelope,
  type Signature,
} from "../message/index.ts";

/** Whether a command runs without a signature. */
export type CommandPolicy = "open" | "signed";

/** Whose commands run. */
export interface GatePlan {
  readonly commands: CommandPolicy;
  /** By `<device>/<command>`, or by `<command>`. */
  readonly exceptions: Readonly<Record<string, CommandPolicy>>;
  readonly maxCommandsPerSecond: number;
}

/** With nothing said of security everybody may command. */
export const OPEN_GATE: GatePlan = { commands: "open", exceptions: {}, maxCommandsPerSecond: 100_000 };

export interface GatePorts {
  /** The key that signs with this id, if it is let in. */
  signer(keyId: Buffer): AuthorizedKey | undefined;
  /** The host's wall clock, µs since 1970. */
  hostUs(): number;
  clock(): ClockQuality;
}

/** How much a signer's clock may be ahead, µs. */
const MAX_AHEAD_US = 60e6;
/** Commands are counted over so long, ms: they may come in bursts. */
const RATE_MS = 10_000;

/** What a command without a signature counts as. */
const NOBODY = "";

/** Decides whether a command may come in at all, before anything else is made of it. */
export class CommandGate {
  readonly #plan: GatePlan;
  readonly #ports: GatePorts;
  readonly #rate: RateLimit;

  /** @param nowMs monotonic, ms */
  constructor(plan: GatePlan, ports: GatePorts, nowMs: () => number = monotonicMs) {
    this.#plan = plan;
    this.#ports = ports;
    this.#rate = new RateLimit(RATE_MS, nowMs, (plan.maxCommandsPerSecond * RATE_MS) / 1_000);
  }

  /** @returns why it may not, if it may not */
  fault({ command, signature }: Envelope): DunlinError | undefined {
    const signer = signature && this.#ports.signer(signature.keyId);
    const fault =
      this.#policy(command) === "signed" || signer
        ? this.#signatureFault(command, signature, signer)
        : undefined;
    if (fault) return fault;
    if (this.#rate.admit(signer?.name ?? NOBODY) !== undefined) return undefined;
    const most = this.#plan.maxCommandsPerSecond;
    const whose = signer ? `of ${signer.name}` : "without a signature";
    return new DunlinError("overloaded", `more than ${most} commands ${whose} in a second: try again later`);
  }

  #policy({ target, name }: Command): CommandPolicy {
    const { exceptions, commands } = this.#plan;
    const full = `${(splitTarget(target) ?? splitManyTarget(target))?.device ?? ""}/${name}`;
    const found = [full, name].find((key) => Object.hasOwn(exceptions, key));
    return (found === undefined ? undefined : exceptions[found]) ?? commands;
  }

  #signatureFault(
    { name, issued, issuer }: Command,
    signature: Signature | undefined,
    signer: AuthorizedKey | undefined,
  ): DunlinError | undefined {
    if (!signature)
      return new DunlinError("signature-missing", `this agent runs ${name} only if it is signed`);
    if (signer?.verifyKey === undefined)
      return new DunlinError(
        "signer-unknown",
        `signed by a key, ${signature.keyId.toString("hex")}, that this agent has not in authorized/sign`,
      );
    if (!isSignedBy(signature, signer.verifyKey))
      return new DunlinError("signature-invalid", `not what ${signer.name} signed`);
    const aheadUs = issued - this.#ports.hostUs();
    if (this.#ports.clock() === "synced" && aheadUs > MAX_AHEAD_US)
      return new DunlinError(
        "clock-skewed",
        `issued ${Math.round(aheadUs / 1e6)} s ahead of this agent's clock: set the clock of ${issuer || "its issuer"}, or the agent's`,
      );
    return undefined;
  }
}
