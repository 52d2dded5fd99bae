import { DunlinError, type Clock } from "../base/index.ts";
import {
  decodeAgentState,
  encodeAgentState,
  isMap,
  parseTopic,
  stateTopic,
  type AgentState,
  type JournalState,
} from "../message/index.ts";
import type { Member, Registry } from "./registry.ts";
import type { Streams } from "./streams.ts";

export interface MembersPorts {
  readonly registry: Registry;
  readonly streams: Streams;
  readonly clock: Clock;
  journal(): JournalState;
  publish(frames: readonly Buffer[]): void;
  /** The member's stream has grown, or there is more of it than the hub has. */
  onStream(agent: string, device: string, epoch: number, seq: number): void;
  /** A command's progress at a member. */
  onProgress(agent: string, body: Buffer): void;
}

/**
 * What members say of themselves, as the hub passes it on: births and heartbeats with what is durable at the hub in place of
 * what is durable at the agent, since a replay from the hub has no more than that; and for those that are away, that they are.
 */
export class Members {
  readonly #ports: MembersPorts;
  /** Devices' states by topic, by agent. */
  readonly #devices = new Map<string, Map<string, Buffer>>();

  constructor(ports: MembersPorts) {
    this.#ports = ports;
  }

  /** [topic, body] pairs that a member has published. @throws DunlinError `message-invalid` for a topic that is not its own */
  receive(agent: string, pairs: readonly Buffer[]): void {
    const member = this.#ports.registry.need(agent);
    for (let i = 0; i + 1 < pairs.length; i += 2)
      this.#take(member, pairs[i] as Buffer, pairs[i + 1] as Buffer);
  }

  /** The body of its birth as the hub tells it; of one that is away, as it was. */
  birth(member: Member): Buffer | undefined {
    const birth = this.#ports.registry.birthOf(member);
    return birth && this.#encode(member, birth);
  }

  /** For new subscribers: births, and what devices' states they ask for; a step for each member. */
  *repeat(prefixes: readonly string[]): Iterable<void> {
    const wanted = (topic: string): boolean => prefixes.some((prefix) => topic.startsWith(prefix));
    for (const member of this.#ports.registry.all()) {
      const topic = stateTopic(member.name);
      const birth = wanted(topic) ? this.birth(member) : undefined;
      if (birth) this.#ports.publish([Buffer.from(topic), birth]);
      for (const [deviceTopic, body] of this.#devices.get(member.name) ?? [])
        if (wanted(deviceTopic)) this.#ports.publish([Buffer.from(deviceTopic), body]);
      yield;
    }
  }

  /** Says of all that are away that they are; once a second, as they themselves would speak. */
  sayLost(): void {
    for (const member of this.#ports.registry.all()) if (!member.online) this.lost(member);
  }

  lost(member: Member): void {
    const { name, epoch } = member;
    const feeds = this.#ports.streams.ofAgent(name).filter(({ newest }) => newest.epoch === epoch);
    const streams = Object.fromEntries(feeds.map(({ device, newest }) => [device, newest.seq]));
    const { clock } = this.#ports;
    const state = { type: "lost", epoch, time: clock.nowUs(), clock: clock.quality, streams } as const;
    this.#say(member, { ...state, durable: {}, journal: this.#ports.journal() });
  }

  forget(agent: string): void {
    this.#devices.delete(agent);
  }

  #take(member: Member, topic: Buffer, body: Buffer): void {
    const text = topic.toString("latin1");
    const parsed = parseTopic(text);
    if (parsed?.agent !== member.name || parsed.kind === "telemetry")
      throw new DunlinError(
        "message-invalid",
        `it published on ${JSON.stringify(text).slice(0, 160)}, which is not its own: not passed on`,
      );
    if (parsed.kind === "command") return this.#ports.onProgress(member.name, body);
    if (parsed.device === undefined) return this.#learn(member, body);
    const devices = this.#devices.get(member.name) ?? new Map<string, Buffer>();
    this.#devices.set(member.name, devices.set(text, body));
    this.#ports.publish([topic, body]);
  }

  #learn(member: Member, body: Buffer): void {
    const state = decodeAgentState(body);
    if (!isSound(state)) throw new DunlinError("message-invalid", `its ${state.type} is not one`);
    if (state.type === "lost") throw new DunlinError("message-invalid", "it says of itself that it is lost");
    if (state.type === "birth") this.#ports.registry.describe(member, body, state);
    for (const [device, seq] of seqsOf(state)) this.#ports.onStream(member.name, device, state.epoch, seq);
    this.#say(member, state);
  }

  #say(member: Member, state: AgentState): void {
    this.#ports.publish([Buffer.from(stateTopic(member.name)), this.#encode(member, state)]);
  }

  #encode(member: Member, state: AgentState): Buffer {
    const durable = this.#ports.streams.durableOf(member.name, state.epoch);
    const labels = state.type === "birth" ? { labels: this.#ports.registry.labelsOf(member) } : {};
    return encodeAgentState({ ...state, ...labels, durable, journal: this.#ports.journal() });
  }
}

/** What is passed on and kept must not trip those who read it. */
function isSound(state: AgentState): boolean {
  const isNumber = Number.isSafeInteger;
  if (state.type !== "birth") return isMap(state.streams) && Object.values(state.streams).every(isNumber);
  const { devices, labels, version } = state;
  const areDevices = isMap(devices) && Object.values(devices).every((one) => isMap(one) && isNumber(one.seq));
  return areDevices && isMap(labels) && typeof version === "string";
}

function seqsOf(state: AgentState): [string, number][] {
  if (state.type !== "birth") return Object.entries(state.streams ?? {});
  return Object.entries(state.devices ?? {}).map(([device, { seq }]) => [device, seq]);
}
