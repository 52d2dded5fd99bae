import { readFileSync } from "node:fs";

/** A file that belongs to the service, and where it goes. */
export interface ServiceFile {
  readonly path: string;
  readonly text: string;
  /** A file that is there already is the user's and stays. */
  readonly keep: boolean;
}

/** Replaced by the files' texts, as JSON, when the binary is bundled (scripts/package); read from the source tree otherwise. */
declare const SYSTEMD_FILES: string | undefined;

/** Where the files say that the binary is: the place of a package's. */
const PACKAGED_BINARY = "/usr/bin/dunlin";

function systemdFile(name: string): string {
  if (typeof SYSTEMD_FILES !== "undefined")
    return (JSON.parse(SYSTEMD_FILES) as Record<string, string>)[name] ?? "";
  return readFileSync(new URL(`../../systemd/${name}`, import.meta.url), "utf8");
}

/** @param binary where it is; @param units the folder of the units */
export function serviceFiles(binary: string, units: string): readonly ServiceFile[] {
  const unit = systemdFile("dunlin.service").replaceAll(PACKAGED_BINARY, binary);
  return [
    { path: `${units}/dunlin.service`, text: unit, keep: false },
    { path: `${units}/dunlin@.service`, text: templateOf(unit), keep: false },
    { path: `${units}/dunlin-hub.service`, text: hubOf(unit), keep: false },
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
  return changed(unit, [
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
  ]);
}

/** The hub's: it has no devices, and memory for what thousands of agents have on the way. */
function hubOf(unit: string): string {
  return changed(unit, [
    [
      "# Dunlin, messaging runtime for edge devices: dunlin(1). For several agents on one host there is dunlin@.service.\n",
      "# The hub of a fleet of Dunlin agents: it has /etc/dunlin/hub.yaml, which nothing brings; see docs/fleet.md.\n",
    ],
    ["systemctl edit dunlin", "systemctl edit dunlin-hub"],
    [
      "Description=Dunlin agent: serial sensors to ZeroMQ",
      "Description=Dunlin hub: where the agents of a fleet meet",
    ],
    ["agent -c /etc/dunlin/agent.yaml", "hub -c /etc/dunlin/hub.yaml"],
    ["check -c /etc/dunlin/agent.yaml", "check -c /etc/dunlin/hub.yaml"],
    ["/var/lib/dunlin, /run/dunlin,", "/var/lib/dunlin-hub, /run/dunlin-hub,"],
    ["Directory=dunlin\n", "Directory=dunlin-hub\n"],
    ["%C/dunlin\n", "%C/dunlin-hub\n"],
    [":dunlin.agent.key_secret", ":dunlin-hub.agent.key_secret"],
    ["MemoryHigh=384M\nMemoryMax=512M\n", "MemoryHigh=1G\nMemoryMax=1536M\n"],
    ["# Who it is. dialout owns the serial ports.\n", "# Who it is.\n"],
    ["SupplementaryGroups=dialout\n", ""],
    [/# By major number[^]*?(?=UMask)/, "DevicePolicy=closed\nPrivateDevices=yes\n"],
    [/#  PrivateDevices .*\n/, ""],
  ]);
}

type Change = readonly [from: string | RegExp, to: string];

function changed(unit: string, changes: readonly Change[]): string {
  return changes.reduce((text, [from, to]) => {
    const next = text.replaceAll(typeof from === "string" ? from : new RegExp(from, "g"), to);
    if (next === text) throw new Error(`the unit has no ${from}`);
    return next;
  }, unit);
}
