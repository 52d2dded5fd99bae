import { healthOf, type HealthFinding } from "../insight/index.ts";
import { isMap } from "../message/index.ts";
import { ok, problem, skipped, warning, type Finding } from "./finding.ts";
import { connectOwnAgent, ownHost } from "./own-agent.ts";
import type { Patient } from "./patient.ts";
import { reach } from "./reach.ts";

const ANSWER_LIMIT_MS = 5_000;

/** The agent itself, if it runs: what it says of its parts, and whether it is of this version. */
export async function lookAtRunning({ config, version }: Patient): Promise<Finding[]> {
  const { address, port } = config.listen;
  const host = ownHost(address);
  const reason = await reach(host, port);
  if (reason !== undefined)
    return [
      problem(
        "agent",
        `it does not run: nobody answers at ${host} on port ${port} (${reason})`,
        "systemctl status dunlin; journalctl -u dunlin says why",
      ),
    ];
  const client = connectOwnAgent(config);
  if (!client)
    return [skipped("agent", "it runs; how it is it tells to its own user and root: sudo dunlin doctor")];
  try {
    const status = await client.query("status", {}, { timeoutMs: ANSWER_LIMIT_MS });
    return ofStatus(status, config.name, version);
  } catch {
    return [
      problem(
        "agent",
        `something listens at ${host} on port ${port}, and does not answer as an agent does`,
        `see who has it: sudo ss -tlnp 'sport = :${port}'; set listen.port to another`,
      ),
    ];
  } finally {
    client.close();
  }
}

function ofStatus(status: unknown, name: string, version: string): Finding[] {
  const fields = isMap(status) ? status : {};
  if (fields["agent"] !== name)
    return [
      problem(
        "agent",
        `another one, ${String(fields["agent"] ?? fields["hub"])}, has this address`,
        "agents of one host need ports four apart: set listen.port",
      ),
    ];
  const { reasons, notes } = healthOf(status);
  const own =
    fields["version"] === version
      ? ok("agent", `${name} runs, version ${version}`)
      : warning(
          "agent",
          `${name} runs as version ${String(fields["version"])}, and this is ${version}`,
          "sudo systemctl restart dunlin",
        );
  return [
    own,
    ...reasons.map((reason) => problem(subjectOf(reason), textOf(reason), remedyOf(reason))),
    ...notes.map((note) => warning(subjectOf(note), textOf(note), remedyOf(note))),
  ];
}

function subjectOf({ part, name }: HealthFinding): string {
  return name === undefined ? part : `${part} ${name}`;
}

function textOf({ state, reason }: HealthFinding): string {
  return reason === undefined ? state : `${state}: ${reason}`;
}

const REMEDIES: Readonly<Record<HealthFinding["part"], string>> = {
  process: "journalctl -u dunlin",
  component: "journalctl -u dunlin DUNLIN_COMPONENT=<name>; it is started again by itself",
  device:
    "docs/errors.md says what to do about each code; push <agent> set-log-level level=debug component=<bridge> shows its line",
  journal: "live readings go on; see the disk",
  hub: "the agent keeps its readings, and the hub fetches them afterwards; see the hub",
  clock: "see the clock",
};

function remedyOf({ part }: HealthFinding): string {
  return REMEDIES[part];
}
