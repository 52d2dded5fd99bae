import { asDunlinError, Clock, DunlinError, monotonicMs, RateLimit, type Log } from "../base/index.ts";
import { Server, type AgentRouter } from "../bus/index.ts";
import {
  Access,
  Enrolment,
  JournalLink,
  lockInstance,
  makePrivate,
  Newcomers,
  nextEpoch,
  watchHostClock,
} from "../core/index.ts";
import type { KeptRecord } from "../ipc/index.ts";
import {
  encodeAgentState,
  encodeError,
  HEARTBEAT_MS,
  PROTOCOL_VERSION,
  stateTopic,
  type Query,
} from "../message/index.ts";
import type { AgentLink } from "./agent-link.ts";
import { Backfill } from "./backfill.ts";
import { Credits } from "./credits.ts";
import { Members } from "./members.ts";
import type { HubOptions } from "./options.ts";
import { answerAtHub } from "./queries.ts";
import { Reception } from "./reception.ts";
import { Registry } from "./registry.ts";
import { Streams } from "./streams.ts";

/** The same kind of bad message is logged at most this often, ms. */
const FAULT_LOG_MS = 10_000;
/** Agents that come and go are logged one by one up to this many in each interval, ms. */
const MEMBER_LOG_BURST = 20;
const MEMBER_LOG_MS = 60_000;
/** Credit is told this often, ms. */
const CREDIT_MS = 50;
/** The journal has enough to do with this much, bytes of bodies: replays wait. */
const BUSY_BYTES = 8 * 1024 * 1024;
const MEMBERS_TABLE = "agents";

/** Where agents meet: to clients one big agent, to agents the place that they report to. Like an agent's core it waits for nobody. */
export class Hub {
  readonly epoch: number;
  readonly #options: HubOptions;
  readonly #log: Log;
  readonly #clock = new Clock();
  readonly #server: Server;
  readonly #journal: JournalLink;
  readonly #registry: Registry;
  readonly #streams: Streams;
  readonly #members: Members;
  readonly #backfill: Backfill;
  readonly #credits = new Credits();
  readonly #newcomers: Newcomers;
  readonly #faultLog = new RateLimit(FAULT_LOG_MS);
  readonly #memberLog = new RateLimit(MEMBER_LOG_MS, monotonicMs, MEMBER_LOG_BURST);
  readonly #startedMs = monotonicMs();
  readonly #timers: NodeJS.Timeout[] = [];
  #access: Access | undefined;
  #enrolment: Enrolment | undefined;
  #router: AgentRouter | undefined;
  #reception: Reception | undefined;
  /** Whose readings are being taken. */
  #sender: AgentLink | undefined;
  #endHostClock = (): void => {};
  #unlock = (): void => {};
  #faults = 0;
  #foreign = 0;
  #readings = 0;
  #closed: Promise<void> | undefined;

  private constructor(options: HubOptions, epoch: number, server: Server) {
    this.#options = options;
    this.#log = options.log;
    this.epoch = epoch;
    this.#server = server;
    const publish = (frames: readonly Buffer[]): void => server.publish(frames);
    this.#journal = new JournalLink(options.journal, options, epoch, this.#clock, {
      onRecovered: () => {},
      onRecords: (records) => this.#load(records),
      onEnds: (ends) => this.#streams.noteEnds(ends),
      onReady: () => void this.#openDoors(),
      onSettled: (bytes) => this.#credits.settle(bytes),
      onChange: () => this.#sayBirth(),
      onFault: (error) => this.#fault(error),
    });
    this.#registry = new Registry({
      keep: (key, value) => this.#journal.keep({ table: MEMBERS_TABLE, key, ...(value ? { value } : {}) }),
      nowUs: () => this.#clock.nowUs(),
    });
    this.#streams = new Streams((feed, body) => {
      this.#credits.journaling(this.#sender, body.length);
      this.#journal.append(feed.topic, body);
    });
    this.#members = new Members({
      registry: this.#registry,
      streams: this.#streams,
      clock: this.#clock,
      journal: () => this.#journal.state,
      publish,
      onStream: (agent, device, epoch, seq) => this.#noteStream(agent, device, epoch, seq),
      onProgress: () => {},
    });
    this.#backfill = new Backfill({
      ask: (agent, query) =>
        this.#reception?.linkOf(agent)?.ask(query) ??
        Promise.resolve(encodeError(new DunlinError("timed-out", `agent ${agent} is away`))),
      isBusy: () => this.#journal.waitingBytes > BUSY_BYTES,
      onFault: (error) => this.#fault(error),
    });
    this.#newcomers = new Newcomers((prefixes) => this.#repeat(prefixes));
  }

  /**
   * Binds the sockets, raises the epoch, starts the journal; agents are let in when the journal has told what there was.
   * @throws DunlinError `address-in-use`, `address-invalid`, `state-unwritable`
   */
  static async open(options: HubOptions): Promise<Hub> {
    let hub: Hub | undefined;
    let server: Server | undefined;
    const unlock = await lockInstance(options.stateDirectory);
    const access = new Access(
      options.security,
      options.log,
      {
        onRevoked: (domain, publicKey) => server?.cut(domain, publicKey),
        onFault: (error) => options.log.warn(error.message, { code: error.code }),
      },
      "hub",
    );
    const starting = encodeError(new DunlinError("overloaded", "the hub is starting"));
    try {
      server = await Server.open(
        options.endpoints,
        {
          onSubscribe: (prefix) => {
            if (hub) hub.#newcomers.add(prefix);
          },
          onCommand: () => {},
          onQuery: (body) => (hub ? hub.#answer(body) : starting),
        },
        access.server,
      );
      const { epoch } = nextEpoch(options.stateDirectory);
      makePrivate(options.runtimeDirectory);
      hub = new Hub(options, epoch, server);
      hub.#unlock = unlock;
      hub.#access = access;
      await hub.#start();
      return hub;
    } catch (cause) {
      await hub?.close();
      server?.close();
      access.close();
      unlock();
      throw cause;
    }
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #start(): Promise<void> {
    this.#endHostClock = watchHostClock((quality) => this.#clock.setQuality(quality));
    await this.#journal.start();
    this.#timers.push(
      setInterval(() => this.#beat(), HEARTBEAT_MS),
      setInterval(() => this.#credits.tell(), CREDIT_MS),
    );
    const { name, endpoints, security } = this.#options;
    this.#log.info(`hub ${name} is up`, { epoch: this.epoch, telemetry: endpoints.telemetry });
    if (security.secretKey === undefined) return;
    this.#enrolment = new Enrolment({
      agent: name,
      keysDirectory: security.keysDirectory,
      server: this.#server,
      log: this.#log,
      onFault: (error) => this.#fault(error),
    });
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#endHostClock();
    this.#newcomers.close();
    this.#backfill.close();
    this.#reception?.close();
    await this.#journal.stop();
    this.#say("stopped");
    this.#enrolment?.close();
    this.#server.close();
    this.#access?.close();
    this.#unlock();
    this.#log.info(`hub ${this.#options.name} has stopped`);
  }

  /** What there was before is known: agents may come. */
  async #openDoors(): Promise<void> {
    if (this.#router) return;
    try {
      const { secretKey } = this.#options.security;
      const keyOf = (agent: string): string | undefined => this.#access?.keyOf("agent", agent);
      this.#reception = new Reception(
        {
          hub: this.#options.name,
          ...(secretKey === undefined ? {} : { keys: { secretKey, keyOf } }),
          send: (connection, frames) => this.#router?.send(connection, frames),
          creditOf: (agents) => Credits.of(agents),
        },
        {
          onUp: (link) => this.#up(link),
          onDown: (link, why) => this.#down(link, why),
          onReadings: (link, pairs) => this.#take(link, pairs),
          onPublish: (link, pairs) => this.#hear(link, pairs),
          onFault: (error) => this.#fault(error),
        },
      );
      this.#router = await this.#server.openAgents((connection, frames) =>
        this.#reception?.receive(connection, frames),
      );
    } catch (cause) {
      this.#fault(cause);
    }
  }

  #load(records: readonly KeptRecord[]): void {
    for (const { table, key, value } of records)
      try {
        if (table === MEMBERS_TABLE && value && !this.#registry.get(key)) this.#registry.load(key, value);
      } catch (cause) {
        this.#fault(cause);
      }
  }

  #up(link: AgentLink): void {
    this.#registry.arrive(link.hello);
    this.#note(`agent ${link.agent} is here`, { version: link.hello.version });
  }

  #down(link: AgentLink, why: string): void {
    this.#backfill.forget(link.agent);
    this.#registry.leave(link.agent);
    const member = this.#registry.get(link.agent);
    if (member) this.#members.lost(member);
    this.#note(`agent ${link.agent} is away`, { reason: why });
  }

  #take(link: AgentLink, pairs: readonly Buffer[]): void {
    this.#sender = link;
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const body = pairs[i + 1] as Buffer;
      const feed = this.#streams.byTopic(pairs[i] as Buffer, link.agent);
      const offered = feed?.offer(body) ?? "invalid";
      if (offered !== "next") this.#credits.grant(link, body.length);
      if (offered === "invalid") this.#foreign++;
      if (!feed || offered === "invalid" || offered === "stale") continue;
      this.#readings++;
      this.#server.publish([feed.topic, body]);
      if (offered === "ahead") this.#backfill.want(feed);
    }
    this.#sender = undefined;
  }

  #hear(link: AgentLink, pairs: readonly Buffer[]): void {
    const member = this.#registry.get(link.agent);
    if (member) this.#members.receive(member, pairs);
  }

  #noteStream(agent: string, device: string, epoch: number, seq: number): void {
    const feed = this.#streams.of(agent, device);
    feed?.note({ epoch, seq });
    if (feed?.behind) this.#backfill.want(feed);
  }

  #repeat(prefixes: readonly string[]): void {
    if (prefixes.some((prefix) => stateTopic(this.#options.name).startsWith(prefix))) this.#sayBirth();
    this.#members.repeat(prefixes);
    for (const { topic, last } of this.#streams.all()) {
      const text = topic.toString("latin1");
      if (last && prefixes.some((prefix) => text.startsWith(prefix))) this.#server.publish([topic, last]);
    }
  }

  #beat(): void {
    this.#say("heartbeat");
    this.#members.sayLost();
  }

  #say(type: "heartbeat" | "stopped"): void {
    this.#publishState({ type, epoch: this.epoch, ...this.#now(), streams: {} });
  }

  #sayBirth(): void {
    this.#server.publish([Buffer.from(stateTopic(this.#options.name)), this.#ownBirth()]);
  }

  #ownBirth(): Buffer {
    const { name: agent, version } = this.#options;
    const birth = { type: "birth", protocol: PROTOCOL_VERSION, agent, version, epoch: this.epoch } as const;
    return encodeAgentState({ ...birth, labels: {}, devices: {}, ...this.#now() });
  }

  #publishState(state: Parameters<typeof encodeAgentState>[0]): void {
    this.#server.publish([Buffer.from(stateTopic(this.#options.name)), encodeAgentState(state)]);
  }

  #now() {
    const clock = this.#clock.quality;
    return { time: this.#clock.nowUs(), clock, durable: {}, journal: this.#journal.state };
  }

  #answer(body: Buffer): Buffer | Promise<Buffer> {
    return answerAtHub(body, {
      hub: this.#options.name,
      registry: this.#registry,
      streams: this.#streams,
      ownBirth: () => this.#ownBirth(),
      birth: (member) => this.#members.birth(member),
      status: () => this.#status(),
      fleet: () => [...this.#registry.all()].map(({ birth: _, ...member }) => member),
      command: () => undefined,
      commands: () => [],
      askJournal: (query: Query) => this.#journal.ask(query),
    });
  }

  #status(): unknown {
    return {
      hub: this.#options.name,
      version: this.#options.version,
      epoch: this.epoch,
      clock: this.#clock.quality,
      uptimeMs: Math.round(monotonicMs() - this.#startedMs),
      residentBytes: process.memoryUsage.rss(),
      agents: { known: this.#registry.size, online: this.#reception?.size ?? 0 },
      streams: this.#streams.size,
      readings: this.#readings,
      backfill: { readings: this.#backfill.readings, streams: this.#backfill.streams },
      refused: this.#faults + this.#foreign + (this.#router?.refused ?? 0),
      dropped: this.#server.dropped + (this.#router?.dropped ?? 0),
      components: this.#journal.componentStatus(),
      ...(this.#access ? { security: this.#access.status() } : {}),
      connections: this.#server.connections,
      journal: this.#journal.status(),
    };
  }

  #note(text: string, fields: Record<string, unknown>): void {
    const held = this.#memberLog.admit("member");
    if (held !== undefined) this.#log.info(text, held > 0 ? { ...fields, more: held } : fields);
  }

  /** Something malformed came from somewhere: counted, logged at a bounded rate, without effect on anyone else. */
  #fault(error: unknown): void {
    this.#faults++;
    const { code, message } = asDunlinError(error);
    const held = this.#faultLog.admit(`${code} ${message.slice(0, 40)}`);
    if (held !== undefined) this.#log.warn(message, held > 0 ? { code, more: held } : { code });
  }
}
