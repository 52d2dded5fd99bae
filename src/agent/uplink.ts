import { asDunlinError, monotonicMs, type DunlinError, type Log } from "../base/index.ts";
import { Dialer, type ClientKeys } from "../bus/index.ts";
import { linkProof } from "../keys/index.ts";
import {
  decodeFromHub,
  encode,
  encodeFromAgent,
  packReadings,
  PROTOCOL_VERSION,
  PUBLISH,
  READINGS,
  UPLINK_HEARTBEAT_MS,
  UPLINK_SILENCE_MS,
  type FromAgent,
  type FromHub,
  type UplinkMessage,
} from "../message/index.ts";
import type { Identity } from "./presence.ts";

/** The hub that an agent belongs to. */
export interface UplinkPlan {
  /** Where the hub takes agents. */
  readonly endpoint: string;
  /** Absent for a hub without keys. */
  readonly keys?: ClientKeys;
}

export interface UplinkPorts {
  /** The hub has let the agent in: it is to be told what there is. */
  onLive(): void;
  /** A command as it was pushed at the hub. */
  onCommand(envelope: Buffer): void;
  /** The reply to a query, whatever it is. */
  answer(body: Buffer): Buffer | Promise<Buffer>;
  onFault(error: DunlinError): void;
}

/** `connecting`: no connection; `greeting`: one, on which the hub has not said welcome; `live`: the hub has it. */
type State = "connecting" | "greeting" | "live";

const READINGS_VERB = Buffer.from(READINGS);

/** Readings of one turn of the event loop go as one message, up to this many bytes of bodies. */
const BATCH_BYTES = 64 * 1024;

/**
 * The agent's one link to its hub. What the hub does not get here (no link, no credit) it asks for later, by replay: nothing waits
 * in memory for a hub that is away.
 */
export class Uplink {
  readonly #plan: UplinkPlan;
  readonly #identity: Identity;
  readonly #ports: UplinkPorts;
  readonly #log: Log;
  readonly #dialer: Dialer;
  readonly #beat: NodeJS.Timeout;
  #state: State = "connecting";
  #why = "it was not reached yet";
  #hub: string | undefined;
  #heardMs = 0;
  #credit = 0;
  #sentBytes = 0;
  #withheld = 0;
  #withheldTold = 0;
  #isQuiet = true;
  #batch: Buffer[] = [];
  #batchBytes = 0;
  #flush: NodeJS.Immediate | undefined;

  constructor(plan: UplinkPlan, identity: Identity, ports: UplinkPorts, log: Log) {
    this.#plan = plan;
    this.#identity = identity;
    this.#ports = ports;
    this.#log = log;
    this.#dialer = new Dialer(plan.endpoint, plan.keys, {
      onOpen: () => this.#opened(),
      onMessage: (frames) => this.#receive(frames),
      onDown: (why) => this.#down(why),
    });
    this.#beat = setInterval(() => this.#look(), UPLINK_HEARTBEAT_MS);
  }

  /** A live reading, just published. */
  reading(topic: Buffer, body: Buffer): void {
    if (this.#state !== "live") return;
    if (this.#sentBytes + body.length > this.#credit) {
      this.#withheld++;
      return;
    }
    this.#sentBytes += body.length;
    this.#batch.push(topic, body);
    this.#batchBytes += body.length;
    if (this.#batchBytes >= BATCH_BYTES) this.#send();
    else this.#flush ??= setImmediate(() => this.#send());
  }

  /** What else is published: states and commands' progress. */
  publish(frames: readonly Buffer[]): void {
    if (this.#state !== "live") return;
    this.#isQuiet = false;
    this.#dialer.send([Buffer.from(PUBLISH), ...frames]);
  }

  get isLive(): boolean {
    return this.#state === "live";
  }

  /** Readings that the hub did not get here for want of credit, since the start. */
  get withheld(): number {
    return this.#withheld;
  }

  /** Bytes of readings' bodies that the hub takes now. */
  get room(): number {
    return this.isLive ? this.#credit - this.#sentBytes : 0;
  }

  status(): Record<string, unknown> {
    const { endpoint } = this.#plan;
    return {
      state: this.#state,
      address: endpoint,
      ...(this.#hub === undefined ? {} : { hub: this.#hub }),
      ...(this.#state === "live" ? {} : { reason: this.#why }),
      withheld: this.#withheld,
    };
  }

  close(): void {
    this.#send();
    clearInterval(this.#beat);
    this.#dialer.close();
  }

  #opened(): void {
    const { name: agent, version, labels, epoch } = this.#identity;
    this.#state = "greeting";
    this.#heardMs = monotonicMs();
    this.#say("hello", { protocol: PROTOCOL_VERSION, agent, version, labels, epoch });
  }

  #down(why: string): void {
    if (this.#state === "live") this.#log.warn("the link to the hub is lost", { reason: why });
    else if (why !== this.#why) this.#log.warn("the hub is not reached", { reason: why });
    this.#state = "connecting";
    this.#why = why;
    this.#batch = [];
    this.#batchBytes = 0;
  }

  #receive(frames: readonly Buffer[]): void {
    this.#heardMs = monotonicMs();
    try {
      this.#act(decodeFromHub(frames[0]?.toString("latin1") ?? "", frames[1]));
    } catch (cause) {
      this.#ports.onFault(asDunlinError(cause));
    }
  }

  #act(message: UplinkMessage<FromHub>): void {
    switch (message.verb) {
      case "challenge":
        return this.#prove(message.nonce);
      case "welcome":
        return this.#welcome(message);
      case "refused":
        return this.#dialer.renew(`the hub refuses this agent: ${message.message}`);
      case "credit":
        this.#credit = Math.max(this.#credit, message.total);
        return;
      case "command":
        return this.#ports.onCommand(Buffer.from(message.envelope));
      case "query":
        return void this.#answer(message.number, encode(message.query));
      case "heartbeat":
    }
  }

  #prove(nonce: Uint8Array): void {
    const { keys } = this.#plan;
    if (!keys) return this.#dialer.renew("the hub wants a proof, and this agent has no keys for it");
    this.#say("proof", { mac: linkProof(keys.secretKey, keys.serverKey, nonce, this.#identity.name) });
  }

  #welcome({ hub, credit }: FromHub["welcome"]): void {
    if (this.#state !== "greeting") return;
    this.#state = "live";
    this.#hub = hub;
    this.#credit = credit;
    this.#sentBytes = 0;
    this.#dialer.settle();
    this.#log.info(`hub ${hub} has this agent`, { address: this.#plan.endpoint });
    this.#ports.onLive();
  }

  async #answer(number: number, query: Buffer): Promise<void> {
    const body = await this.#ports.answer(query);
    if (this.#state === "live") this.#say("answer", { number, body });
  }

  #look(): void {
    if (this.#state === "connecting") return;
    if (monotonicMs() - this.#heardMs > UPLINK_SILENCE_MS)
      return this.#dialer.renew("the hub has said nothing for 3 s");
    if (this.#state !== "live") return;
    if (this.#isQuiet || this.#withheld !== this.#withheldTold) {
      this.#say("heartbeat", { withheld: this.#withheld });
      this.#withheldTold = this.#withheld;
    }
    this.#isQuiet = true;
  }

  #say<V extends keyof FromAgent>(verb: V, message: FromAgent[V]): void {
    this.#dialer.send(encodeFromAgent(verb, message));
  }

  #send(): void {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    if (this.#batch.length === 0) return;
    this.#dialer.send([READINGS_VERB, packReadings(this.#batch)]);
    this.#batch = [];
    this.#batchBytes = 0;
  }
}
