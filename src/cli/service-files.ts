import { readFileSync } from "node:fs";

/** A file that belongs to the service, and where it goes. */
export interface ServiceFile {
  readonly path: string;
  readonly text: string;
  /** A file that is there already is the user's and stays. */
  readonly keep: boolean;
}

/** Replaced by the files' texts when the binary is bundled (scripts/package); read from the source tree otherwise. */
declare const SYSTEMD_FILES: Readonly<Record<string, string>> | undefined;

function systemdFile(name: string): string {
  if (typeof SYSTEMD_FILES !== "undefined") return SYSTEMD_FILES[name] ?? "";
  return readFileSync(new URL(`../../systemd/${name}`, import.meta.url), "utf8");
}

export const SERVICE_FILES: readonly ServiceFile[] = [
  { path: "/etc/systemd/system/dunlin.service", text: systemdFile("dunlin.service"), keep: false },
  { path: "/usr/lib/sysusers.d/dunlin.conf", text: systemdFile("dunlin.sysusers"), keep: false },
  { path: "/etc/dunlin/agent.yaml", text: systemdFile("agent.yaml"), keep: true },
];
