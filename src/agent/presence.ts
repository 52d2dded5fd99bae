import type { Clock } from "../base/index.ts";
import {
  encodeAgentState,
  encodeDeviceStatus,
  HEARTBEAT_MS,
  PROTOCOL_VERSION,
  stateTopic,
  type DeviceStatus,
  type JournalState,
} from "../message/index.ts";
import type { DeviceTable } from "./device-table.ts";
import type { StreamTable } from "./streams.ts";

/** What the agent says of itself. */
export interface Identity {
  readonly name: string;
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly epoch: number;
}

/** What every state message says of the journal. */
export interface Durability {
  readonly state: JournalState;
  readonly durable: Readonly<Record<string, number>>;
}

/** Changes that come in a row make one birth, ms. */
const GATHER_MS = 20;

/** Says who the agent is and that it lives: births on change, a heartbeat every second, `stopped` at the end. */
export class Presence {
  readonly #identity: () => Identity;
  readonly #clock: Clock;
  readonly #devices: DeviceTable;
  readonly #streams: StreamTable;
  readonly #durability: () => Durability;
  readonly #publish: (frames: readonly Buffer[]) => void;
  readonly #topic: Buffer;
  readonly #beat: NodeJS.Timeout;
  #change: NodeJS.Timeout | undefined;

  constructor(
    identity: () => Identity,
    clock: Clock,
    devices: DeviceTable,
    streams: StreamTable,
    durability: () => Durability,
    publish: (frames: readonly Buffer[]) => void,
  ) {
    this.#identity = identity;
    this.#clock = clock;
    this.#devices = devices;
    this.#streams = streams;
    this.#durability = durability;
    this.#publish = publish;
    this.#topic = Buffer.from(stateTopic(identity().name));
    this.#beat = setInterval(() => this.#say("heartbeat"), HEARTBEAT_MS);
  }

  /** The birth message's body as of now. */
  birth(): Buffer {
    const { name, version, labels, epoch } = this.#identity();
    return encodeAgentState({
      type: "birth",
      protocol: PROTOCOL_VERSION,
      agent: name,
      version,
      labels,
      epoch,
      ...this.#now(),
      devices: this.#devices.births((device) => this.#streams.seq(device)),
    });
  }

  /** The devices have changed: says the birth again, once for many changes. */
  changed(): void {
    this.#change ??= setTimeout(() => {
      this.#change = undefined;
      this.#publish([this.#topic, this.birth()]);
    }, GATHER_MS);
  }

  deviceChanged(device: string, status: DeviceStatus): void {
    this.#publish([Buffer.from(stateTopic(this.#identity().name, device)), encodeDeviceStatus(status)]);
  }

  /** For new subscribers: the birth, and each device's state that they asked for by name. */
  repeat(prefixes: readonly string[]): void {
    const wanted = (topic: string): boolean => prefixes.some((prefix) => topic.startsWith(prefix));
    if (wanted(stateTopic(this.#identity().name))) this.#publish([this.#topic, this.birth()]);
    for (const device of this.#devices.names()) {
      const status = this.#devices.status(device);
      if (status && wanted(stateTopic(this.#identity().name, device))) this.deviceChanged(device, status);
    }
  }

  /** The last word: a clean stop is not a failure. */
  close(): void {
    clearInterval(this.#beat);
    clearTimeout(this.#change);
    this.#say("stopped");
  }

  #say(type: "heartbeat" | "stopped"): void {
    const { epoch } = this.#identity();
    const body = {
      type,
      epoch,
      ...this.#now(),
      streams: this.#streams.seqs(),
    };
    this.#publish([this.#topic, encodeAgentState(body)]);
  }

  #now() {
    const { state, durable } = this.#durability();
    return { time: this.#clock.nowUs(), clock: this.#clock.quality, durable, journal: state };
  }
}
