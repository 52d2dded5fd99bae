import type { Clock } from "../base/index.ts";
import { encodeAgentState, PROTOCOL_VERSION, stateTopic, type JournalState } from "../message/index.ts";

/** What the hub says of itself: as an agent without devices, so that whoever follows one can follow it. */
export class OwnState {
  readonly #identity: { readonly name: string; readonly version: string; readonly epoch: number };
  readonly #clock: Clock;
  readonly #journal: () => JournalState;
  readonly #publish: (frames: readonly Buffer[]) => void;
  readonly #topic: Buffer;

  constructor(
    identity: { readonly name: string; readonly version: string; readonly epoch: number },
    clock: Clock,
    journal: () => JournalState,
    publish: (frames: readonly Buffer[]) => void,
  ) {
    this.#identity = identity;
    this.#clock = clock;
    this.#journal = journal;
    this.#publish = publish;
    this.#topic = Buffer.from(stateTopic(identity.name));
  }

  birth(): Buffer {
    const { name: agent, version, epoch } = this.#identity;
    const birth = { type: "birth", protocol: PROTOCOL_VERSION, agent, version, epoch } as const;
    return encodeAgentState({ ...birth, labels: {}, devices: {}, ...this.#now() });
  }

  sayBirth(): void {
    this.#publish([this.#topic, this.birth()]);
  }

  say(type: "heartbeat" | "stopped"): void {
    const { epoch } = this.#identity;
    this.#publish([this.#topic, encodeAgentState({ type, epoch, ...this.#now(), streams: {} })]);
  }

  repeat(prefixes: readonly string[]): void {
    if (prefixes.some((prefix) => stateTopic(this.#identity.name).startsWith(prefix))) this.sayBirth();
  }

  #now() {
    const clock = this.#clock.quality;
    return { time: this.#clock.nowUs(), clock, durable: {}, journal: this.#journal() };
  }
}
