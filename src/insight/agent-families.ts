import { DEVICE_STATES } from "../message/index.ts";
import { counter, gauge, sample, states, type Family } from "./family.ts";
import { entriesOf, fieldsOf, type Fields } from "../message/index.ts";

/** Of a bridge's counters: those that say how often bytes were discarded for a reason. */
const DISCARDED = "discarded-";
/** Of the closed list of reasons only: a component of the user's counts under names of its own, which are not bounded. */
const REASONS = ["noise", "checksum", "truncated", "too-long", "unparsable", "unsupported"];

/** What only an agent has: devices, and a link to its hub. */
export function agentFamilies({ devices, hub }: Fields): Family[] {
  return [...deviceFamilies(entriesOf(devices)), ...linkFamilies(fieldsOf(hub))];
}

function deviceFamilies(devices: readonly [string, Fields][]): Family[] {
  /** One of the device's counters as a metric. */
  const counted = (name: string, help: string, key: string): Family =>
    counter(
      name,
      help,
      devices.flatMap(([device, { counters }]) => sample(fieldsOf(counters)[key], { device })),
    );
  return [
    gauge(
      "dunlin_device_state",
      "The device's state.",
      devices.flatMap(([device, { state }]) => states(state, DEVICE_STATES, { device })),
    ),
    counter(
      "dunlin_device_readings_total",
      "Readings of the device: its newest seq.",
      devices.flatMap(([device, { seq }]) => sample(seq, { device })),
    ),
    counted("dunlin_device_received_bytes_total", "Bytes that came from the device's port.", "bytes"),
    counted(
      "dunlin_device_discarded_bytes_total",
      "Bytes of these that made no reading, because they were noise, damaged or not understood.",
      "discardedBytes",
    ),
    counter(
      "dunlin_device_discards_total",
      "Runs of bytes that were discarded, by reason.",
      devices.flatMap(([device, { counters }]) =>
        REASONS.flatMap((reason) => sample(fieldsOf(counters)[`${DISCARDED}${reason}`], { device, reason })),
      ),
    ),
    counted(
      "dunlin_device_withheld_readings_total",
      "Readings that were not published because its configuration wants fewer.",
      "withheld",
    ),
    counted(
      "dunlin_device_driver_failures_total",
      "Times that the driver threw an error and was started anew.",
      "driverFailures",
    ),
  ];
}

function linkFamilies({ state, withheld }: Fields): Family[] {
  return [
    gauge(
      "dunlin_hub_link_up",
      "1: the hub has this agent.",
      state === undefined ? [] : sample(state === "live" ? 1 : 0),
    ),
    counter(
      "dunlin_hub_link_withheld_readings_total",
      "Readings that the hub did not get live, having granted no more; it fetches them later.",
      sample(withheld),
    ),
  ];
}
