import { counter, gauge, sample, type Family } from "./family.ts";
import { fieldsOf, numberOf, type Fields } from "../message/index.ts";

/** What only a hub has: the fleet as a whole. What each agent is like, `dunlin fleet` tells: ten thousand agents would be as many series. */
export function hubFamilies(fields: Fields): Family[] {
  const agents = fieldsOf(fields["agents"]);
  const backfill = fieldsOf(fields["backfill"]);
  const known = numberOf(agents["known"]);
  const online = numberOf(agents["online"]);
  return [
    gauge("dunlin_hub_agents", "Agents of the fleet, by whether they have a link to the hub.", [
      ...sample(online, { state: "online" }),
      ...sample(known === undefined || online === undefined ? undefined : Math.max(0, known - online), {
        state: "offline",
      }),
    ]),
    gauge("dunlin_hub_streams", "Devices of all agents.", sample(fields["streams"])),
    gauge(
      "dunlin_hub_streams_behind",
      "Streams of which the hub lacks readings that it knows of.",
      sample(backfill["streams"]),
    ),
    counter("dunlin_hub_readings_total", "Readings that came live.", sample(fields["readings"])),
    counter(
      "dunlin_hub_backfilled_readings_total",
      "Readings that agents have replayed.",
      sample(backfill["readings"]),
    ),
    counter(
      "dunlin_hub_lost_readings_total",
      "Readings that are missing and that their agents have not got any more.",
      sample(backfill["lost"]),
    ),
  ];
}
