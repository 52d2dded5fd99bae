import type { Config } from "../config/index.ts";
import { isSynchronised } from "../core/index.ts";
import { ok, warning, type Finding } from "./finding.ts";

export async function lookAtClock({ clock }: Config): Promise<Finding[]> {
  if (clock === "synced") return [ok("clock", "taken as right, as the configuration says")];
  if (await isSynchronised()) return [ok("clock", "synchronised")];
  return [
    warning(
      "clock",
      "not synchronised: readings say so, and signed commands are held against their own span",
      "sudo timedatectl set-ntp true; where the clock is set by other means: clock: synced",
    ),
  ];
}
