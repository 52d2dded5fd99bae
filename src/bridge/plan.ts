import type { LineSettings } from "../device/index.ts";
import type { ShapePlan } from "./shaping.ts";

/** What the core hands a bridge in its welcome, and again when it has changed. */
export interface BridgeConfig {
  /** Rises by one with each change; told back with what is declared by it. */
  readonly revision: number;
  readonly devices: Readonly<Record<string, DevicePlan>>;
  /** Devices that hung the bridge before: they wait. */
  readonly holds: Readonly<Record<string, { readonly delayMs: number; readonly reason: string }>>;
  /** Whether it logs what comes and goes on its lines. */
  readonly isTraced: boolean;
  /** Where to write which device's driver runs. */
  readonly markFile: string;
}

/** One device on one port; settings are checked and complete. */
export interface DevicePlan {
  readonly driver: string;
  /** What makes the driver, if it is described beside the configuration and not one of ours. */
  readonly description?: unknown;
  /** `/dev/…`, `tcp://host:port`, `sim://` or `sim://<driver>`. */
  readonly port: string;
  /** What differs from the driver's line settings. */
  readonly line: Partial<LineSettings> & { readonly exclusive?: boolean };
  /** Instead of the driver's, ms. */
  readonly silenceMs?: number;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Absent: readings go as the driver makes them. */
  readonly shape?: ShapePlan;
}
