import {
  BEFORE_ALL,
  parseTopic,
  stateTopic,
  subscriptionPrefix,
  telemetryTopic,
  type AgentState,
  type Cursor,
} from "../message/index.ts";
import { DurableTrack } from "./durable-track.ts";
import type { StreamStart } from "./stream-merge.ts";

/** Where a durable subscription begins: see {@link DurableOptions.from}. */
export type DurableStart = "start" | { readonly timeUs: number } | ReadonlyMap<string, Cursor> | undefined;

/** The streams that a subscription's topics mean: those that an agent names, and those that the caller names. */
export class DurableTracks {
  readonly #from: DurableStart;
  readonly #prefixes: readonly string[];
  readonly #tracks = new Map<string, DurableTrack>();
  /** Epoch of each agent heard of. */
  readonly #epochs = new Map<string, number>();

  /** @param prefixes of topics */
  constructor(prefixes: readonly string[], from: DurableStart) {
    this.#from = from;
    this.#prefixes = prefixes.filter((prefix) => prefix.startsWith("telemetry/"));
  }

  get size(): number {
    return this.#tracks.size;
  }

  all(): Iterable<DurableTrack> {
    return this.#tracks.values();
  }

  /** Beginnings of the agents' state topics. */
  statePrefixes(): string[] {
    return this.#prefixes.map((prefix) => {
      const [, agent = "", ...rest] = prefix.split("/");
      return rest.length > 0 ? stateTopic(agent) : `state/${agent}`;
    });
  }

  epochOf(agent: string): number | undefined {
    return this.#epochs.get(agent);
  }

  of(agent: string, device: string): DurableTrack {
    const key = `${agent}/${device}`;
    const known = this.#tracks.get(key);
    if (known) return known;
    const track = new DurableTrack(agent, device, this.#startOf(agent, key));
    this.#tracks.set(key, track);
    return track;
  }

  /** @returns all streams of this agent that are wanted */
  learn(agent: string, state: AgentState): DurableTrack[] {
    for (const device of Object.keys(state.type === "birth" ? state.devices : state.streams))
      if (this.#isWanted(agent, device)) this.of(agent, device);
    if (!this.#epochs.has(agent)) this.#addNamed(agent);
    this.#epochs.set(agent, state.epoch);
    return [...this.#tracks.values()].filter((track) => track.agent === agent);
  }

  /** Streams that the caller knows by name may be in the journal although their device is there no more. */
  #addNamed(agent: string): void {
    const cursors = this.#from instanceof Map ? [...this.#from.keys()] : [];
    const named = [...this.#prefixes, ...cursors.map((key) => `telemetry/${key}/`)];
    for (const prefix of named) {
      const topic = parseTopic(prefix);
      if (topic?.kind === "telemetry" && topic.agent === agent && this.#isWanted(agent, topic.device))
        this.of(agent, topic.device);
    }
  }

  #isWanted(agent: string, device: string): boolean {
    const topic = telemetryTopic(agent, device);
    return this.#prefixes.some((prefix) => topic.startsWith(prefix));
  }

  /** A device that comes while we listen has said nothing before: from now on is from its first reading on. */
  #startOf(agent: string, key: string): StreamStart | { readonly timeUs: number } {
    const from = this.#from;
    if (from === "start") return BEFORE_ALL;
    if (from instanceof Map) return (from as ReadonlyMap<string, Cursor>).get(key) ?? BEFORE_ALL;
    if (from) return from as { readonly timeUs: number };
    const epoch = this.#epochs.get(agent);
    return epoch === undefined ? "now" : { epoch, seq: 0 };
  }
}

/** Topic prefixes as {@link subscriptionPrefix} makes them; none is all telemetry. @throws DunlinError `arguments-invalid` */
export function prefixesOf(topics: readonly string[]): string[] {
  return (topics.length > 0 ? topics : [""]).map(subscriptionPrefix);
}
