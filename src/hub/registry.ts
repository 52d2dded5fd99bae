import { DunlinError } from "../base/index.ts";
import { decodeAgentState, decodeMap, encode, isMap, type Birth, type FromAgent } from "../message/index.ts";

/** One agent of the fleet, as far as the hub knows it. */
export interface Member {
  readonly name: string;
  /** µs since 1970. */
  readonly firstSeen: number;
  lastSeen: number;
  version: string;
  epoch: number;
  /** Given at the hub; they come before those of the agent's own configuration. */
  labels: Readonly<Record<string, string>>;
  /** Of the agent's configuration. */
  ownLabels: Readonly<Record<string, string>>;
  /** Its last birth, as it came. */
  birth: Buffer | undefined;
  online: boolean;
}

/** How the registry reaches the disk. */
export interface RegistryPorts {
  /** @param value undefined: deleted */
  keep(name: string, value: Buffer | undefined): void;
  nowUs(): number;
}

/** A member that is only seen is written at most this often, µs: the disk need not hear each change of a device. */
const KEEP_US = 30_000_000;
/** One message to the store. */
const MAX_RECORD_BYTES = 240 * 1024;

/** Who belongs to the fleet: whoever has come once, until it is forgotten. In memory; each change goes to the disk. */
export class Registry {
  readonly #ports: RegistryPorts;
  readonly #members = new Map<string, Member>();
  readonly #keptUs = new Map<string, number>();

  constructor(ports: RegistryPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#members.size;
  }

  /** A record from the disk. @throws DunlinError `message-invalid` */
  load(name: string, value: Uint8Array): void {
    const map = decodeMap(value);
    const number = (key: string): number => (typeof map[key] === "number" ? map[key] : 0);
    const labels = (key: string): Record<string, string> =>
      isMap(map[key]) ? (map[key] as Record<string, string>) : {};
    this.#members.set(name, {
      name,
      firstSeen: number("firstSeen"),
      lastSeen: number("lastSeen"),
      version: typeof map["version"] === "string" ? map["version"] : "",
      epoch: number("epoch"),
      labels: labels("labels"),
      ownLabels: labels("ownLabels"),
      birth: map["birth"] instanceof Uint8Array ? Buffer.from(map["birth"]) : undefined,
      online: false,
    });
  }

  get(name: string): Member | undefined {
    return this.#members.get(name);
  }

  /** @throws DunlinError `target-unknown` */
  need(name: unknown): Member {
    const member = typeof name === "string" ? this.#members.get(name) : undefined;
    if (member) return member;
    const asked = String(JSON.stringify(name)).slice(0, 64);
    throw new DunlinError("target-unknown", `no agent ${asked} in this fleet of ${this.size}`);
  }

  all(): IterableIterator<Member> {
    return this.#members.values();
  }

  /** What selectors go by. */
  labelsOf({ labels, ownLabels }: Member): Readonly<Record<string, string>> {
    return { ...ownLabels, ...labels };
  }

  /** An agent has come. */
  arrive({ agent, version, labels: ownLabels, epoch }: FromAgent["hello"]): Member {
    const now = this.#ports.nowUs();
    const known = this.#members.get(agent);
    const member: Member = known ?? {
      name: agent,
      firstSeen: now,
      lastSeen: now,
      version,
      epoch,
      labels: {},
      ownLabels,
      birth: undefined,
      online: true,
    };
    Object.assign(member, { lastSeen: now, version, epoch, ownLabels, online: true });
    this.#members.set(agent, member);
    this.#keep(member);
    return member;
  }

  leave(name: string): void {
    const member = this.#members.get(name);
    if (!member) return;
    member.online = false;
    member.lastSeen = this.#ports.nowUs();
    this.#keep(member);
  }

  /** What it says of itself. */
  describe(member: Member, birth: Buffer, { epoch, labels, version }: Birth): void {
    const isNew = member.birth === undefined;
    Object.assign(member, { birth, epoch, ownLabels: labels, version, lastSeen: this.#ports.nowUs() });
    if (isNew || member.lastSeen - (this.#keptUs.get(member.name) ?? 0) > KEEP_US) this.#keep(member);
  }

  /** @param labels an empty text takes a label away */
  label(member: Member, labels: Readonly<Record<string, string>>): void {
    const all = Object.entries({ ...member.labels, ...labels });
    member.labels = Object.fromEntries(all.filter(([, value]) => value !== ""));
    this.#keep(member);
  }

  forget(name: string): boolean {
    this.#ports.keep(name, undefined);
    this.#keptUs.delete(name);
    return this.#members.delete(name);
  }

  birthOf({ birth }: Member): Birth | undefined {
    const state = birth && decodeAgentState(birth);
    return state?.type === "birth" ? state : undefined;
  }

  #keep(member: Member): void {
    const { name, online: _, ...rest } = member;
    this.#keptUs.set(name, member.lastSeen);
    const record = encode(rest);
    // What it is it says again when it comes.
    this.#ports.keep(name, record.length > MAX_RECORD_BYTES ? encode({ ...rest, birth: undefined }) : record);
  }
}
