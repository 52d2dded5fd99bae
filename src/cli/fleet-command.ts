import { DunlinError } from "../base/index.ts";
import type { FleetMember } from "../message/index.ts";
import { openClient, type ClientOptions } from "./client-options.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { tellHub, type HubCommandOptions } from "./rollout-command.ts";
import { table, terminal } from "./terminal.ts";

interface ListOptions extends ClientOptions {
  readonly select?: string;
  readonly json?: boolean;
}

/** Which agents there are. */
export async function fleetListCommand({ select, json, ...options }: ListOptions): Promise<ExitCode> {
  const client = openClient(options, "hub");
  try {
    const members = await Array.fromAsync(client.fleet(select));
    if (json) for (const member of members) terminal.print(JSON.stringify(member));
    else if (members.length === 0) terminal.note("no agents");
    else showList(members);
    return EXIT.ok;
  } finally {
    client.close();
  }
}

/** One agent. */
export async function fleetShowCommand(agent: string, options: HubCommandOptions): Promise<ExitCode> {
  const client = openClient(options, "hub");
  try {
    const [member] = await Array.fromAsync(client.fleet(`name="${agent.replaceAll('"', "")}"`));
    if (!member) throw new DunlinError("target-unknown", `the hub knows no agent ${agent}`);
    terminal.print(options.json ? JSON.stringify(member) : detailsOf(member));
    return EXIT.ok;
  } finally {
    client.close();
  }
}

export function fleetLabelCommand(
  agent: string,
  labels: readonly string[],
  options: HubCommandOptions,
): Promise<ExitCode> {
  const wrong = labels.find((label) => !/^[^=,]+=[^=,]*$/.test(label));
  if (wrong !== undefined)
    throw new DunlinError(
      "usage",
      `${JSON.stringify(wrong)} is not name=value; a comma or = may not be in it`,
    );
  const args = { agent, labels: labels.join(",") };
  return tellHub("label-agent", args, `${agent}: ${labels.join(" ")}`, options);
}

export function fleetForgetCommand(agent: string, options: HubCommandOptions): Promise<ExitCode> {
  return tellHub("forget-agent", { agent }, `${agent} is forgotten`, options);
}

function showList(members: readonly FleetMember[]): void {
  const rows = members.map((member) => [
    member.agent,
    member.online ? "online" : "away",
    member.online ? "" : when(member.lastSeen),
    devicesIn(member),
    member.version,
    labelsOf(member),
  ]);
  const [head = "", ...lines] = table([
    ["agent", "state", "last seen", "devices", "version", "labels"],
    ...rows,
  ]).split("\n");
  terminal.print(head);
  for (const [at, line] of lines.entries())
    terminal.print(members[at]?.online ? line : terminal.paint("dim", line));
  const online = members.filter((member) => member.online).length;
  terminal.note(`${members.length} ${members.length === 1 ? "agent" : "agents"}, ${online} online`);
}

function detailsOf(member: FleetMember): string {
  const { agent, online, version, epoch, firstSeen, lastSeen, withheld, devices } = member;
  return table([
    ["agent", agent],
    ["state", online ? "online" : "away"],
    ["version", version],
    ["labels", labelsOf(member)],
    ["epoch", String(epoch)],
    ["first seen", when(firstSeen)],
    ["last seen", when(lastSeen)],
    ["withheld", `${withheld} readings, sent later`],
    ...Object.entries(devices).map(([name, state]) => [`device ${name}`, state]),
  ]);
}

/** How many devices there are, and how many of them are in trouble. */
function devicesIn({ devices }: FleetMember): string {
  const states = Object.values(devices);
  const online = states.filter((state) => state === "online").length;
  return online === states.length ? String(states.length) : `${online} of ${states.length}`;
}

function labelsOf({ labels }: FleetMember): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

function when(us: number): string {
  return new Date(us / 1_000).toISOString();
}
