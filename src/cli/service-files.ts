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

/** Where the files say that the binary is: the place of a package's. */
const PACKAGED_BINARY = "/usr/bin/dunlin";

function systemdFile(name: string): string {
  if (typeof SYSTEMD_FILES !== "undefined") return SYSTEMD_FILES[name] ?? "";
  return readFileSync(new URL(`../../systemd/${name}`, import.meta.url), "utf8");
}

/** @param binary where it is; @param units the folder of the units */
export function serviceFiles(binary: string, units: string): readonly ServiceFile[] {
  const unit = systemdFile("dunlin.service").replaceAll(PACKAGED_BINARY, binary);
  return [
    { path: `${units}/dunlin.service`, text: unit, keep: false },
    { path: `${units}/dunlin@.service`, text: templateOf(unit), keep: false },
    { path: "/usr/lib/sysusers.d/dunlin.conf", text: systemdFile("sysusers.conf"), keep: false },
    { path: "/usr/lib/tmpfiles.d/dunlin.conf", text: systemdFile("tmpfiles.conf"), keep: false },
    { path: "/usr/lib/udev/rules.d/61-dunlin.rules", text: systemdFile("udev.rules"), keep: false },
    { path: "/etc/dunlin/agent.yaml", text: systemdFile("agent.yaml"), keep: true },
  ];
}

/**
 * The unit for several agents on one host, made from the other so that the two cannot differ in more: each has its
 * configuration, and folders beside the plain one's, not in them, which systemd would empty when that one stops.
 */
function templateOf(unit: string): string {
  const changes: readonly (readonly [string, string])[] = [
    [
      "# Dunlin, messaging runtime for edge devices: dunlin(1). For several agents on one host there is dunlin@.service.\n",
      "# One of several Dunlin agents on this host: dunlin@NAME has /etc/dunlin/NAME.yaml, with a name and a listen.port of its own.\n",
    ],
    ["systemctl edit dunlin", "systemctl edit dunlin@"],
    ["Description=Dunlin agent:", "Description=Dunlin agent %i:"],
    ["/etc/dunlin/agent.yaml", "/etc/dunlin/%i.yaml"],
    ["/var/lib/dunlin, /run/dunlin,", "/var/lib/dunlin@NAME, /run/dunlin@NAME,"],
    ["Directory=dunlin\n", "Directory=dunlin@%i\n"],
    ["%C/dunlin\n", "%C/dunlin@%i\n"],
    [":dunlin.agent.key_secret", ":dunlin@%i.agent.key_secret"],
  ];
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the unit has no ${JSON.stringify(from)}`);
    return text.replaceAll(from, to);
  }, unit);
}
