import { COMMAND_STATES, isFinal } from "../message/index.ts";
import { agentFamilies } from "./agent-families.ts";
import { counter, gauge, sample, states, type Family } from "./family.ts";
import { entriesOf, fieldsOf, textOf, type Fields } from "../message/index.ts";
import { hubFamilies } from "./hub-families.ts";

const OUTCOMES = COMMAND_STATES.filter(isFinal);
const JOURNAL_STATES = ["ok", "starting", "failing", "off"];

/**
 * What the query `status` tells, as metrics: a pure function of it. Labels have values that the configuration or this code bounds:
 * devices, components, sockets, states. A hub has no series for each agent.
 */
export function statusToMetrics(status: unknown): Family[] {
  const fields = fieldsOf(status);
  const own = isHub(fields) ? hubFamilies(fields) : agentFamilies(fields);
  return [...commonFamilies(fields), ...own].filter(({ samples }) => samples.length > 0);
}

/** A hub's status names the hub; an agent's has under that name its link to one. */
export function isHub({ hub }: Fields): boolean {
  return typeof hub === "string";
}

function commonFamilies(fields: Fields): Family[] {
  return [
    infoFamily(fields),
    gauge(
      "dunlin_clock_synced",
      "1: the host's clock is known to be synchronised.",
      sample(fields["clock"] === "synced" ? 1 : 0),
    ),
    counter(
      "dunlin_refused_messages_total",
      "Messages that made no sense, from wherever they came.",
      sample(fields["refused"]),
    ),
    counter(
      "dunlin_dropped_messages_total",
      "Readings and messages that a full queue has cost.",
      sample(fields["dropped"]),
    ),
    counter(
      "dunlin_refused_keys_total",
      "Connections that were refused because their key is not let in.",
      sample(fieldsOf(fields["security"])["refused"]),
    ),
    gauge(
      "dunlin_connections",
      "Connections of clients, by socket.",
      Object.entries(fieldsOf(fields["connections"])).flatMap(([socket, count]) => sample(count, { socket })),
    ),
    ...commandFamilies(fieldsOf(fields["commands"])),
    ...componentFamilies(fields),
    ...journalFamilies(fieldsOf(fields["journal"])),
  ];
}

function infoFamily(fields: Fields): Family {
  const role = isHub(fields) ? "hub" : "agent";
  const labels = {
    role,
    name: textOf(fields[role]) ?? "",
    version: textOf(fields["version"]) ?? "",
  };
  return gauge("dunlin_info", "Who this is; always 1.", sample(1, labels));
}

function commandFamilies({ open, ended }: Fields): Family[] {
  return [
    gauge("dunlin_commands_open", "Commands that have not ended.", sample(open)),
    counter(
      "dunlin_commands_total",
      "Commands that have ended since the start, by outcome. At a hub: one for each agent that a command went to.",
      ended === undefined
        ? []
        : OUTCOMES.flatMap((outcome) => sample(fieldsOf(ended)[outcome] ?? 0, { outcome })),
    ),
  ];
}

function componentFamilies({ components }: Fields): Family[] {
  const all = entriesOf(components);
  return [
    gauge(
      "dunlin_component_up",
      "1: the process is there and has said hello.",
      all.flatMap(([component, { phase }]) => sample(phase === "live" ? 1 : 0, { component })),
    ),
    counter(
      "dunlin_component_starts_total",
      "Starts of the process; more than one are restarts.",
      all.flatMap(([component, { starts }]) => sample(starts, { component })),
    ),
  ];
}

function journalFamilies(journal: Fields): Family[] {
  return [
    gauge("dunlin_journal_state", "The journal's state.", states(journal["state"], JOURNAL_STATES)),
    gauge(
      "dunlin_journal_size_bytes",
      "What the journal's files take on the disk.",
      sample(journal["bytes"]),
    ),
    gauge("dunlin_journal_limit_bytes", "What they may take at most.", sample(journal["maxBytes"])),
    gauge("dunlin_journal_disk_free_bytes", "Free on its file system.", sample(journal["freeBytes"])),
    gauge(
      "dunlin_journal_disk_low",
      "1: too little is free for the journal to grow.",
      sample(journal["diskLow"]),
    ),
    gauge(
      "dunlin_journal_backlog_bytes",
      "Readings that are not on the disk yet.",
      sample(journal["backlogBytes"]),
    ),
    counter(
      "dunlin_journal_dropped_readings_total",
      "Readings that never came to the disk, by the process that had to drop them.",
      [
        ...sample(journal["dropped"], { by: "core" }),
        ...sample(journal["droppedReadings"], { by: "journal" }),
      ],
    ),
    counter(
      "dunlin_journal_refused_readings_total",
      "Readings that the journal did not take.",
      sample(journal["refusedReadings"]),
    ),
    gauge(
      "dunlin_journal_damaged_blocks",
      "Blocks whose checksum is wrong; what was in them is lost.",
      sample(journal["damagedBlocks"]),
    ),
  ];
}
