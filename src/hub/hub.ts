import { Clock, DunlinError, monotonicMs, type Log } from "../base/index.ts";
import type { AgentRouter, Server, ServerHandlers } from "../bus/index.ts";
import {
  CommandGate,
  conditionOf,
  Enrolment,
  FaultLog,
  fixedChanges,
  JournalLink,
  Newcomers,
  setLogLevel,
  takeGround,
  watchHostClock,
  type Condition,
  type Ground,
} from "../core/index.ts";
import type { KeptRecord } from "../ipc/index.ts";
import { encodeError, HEARTBEAT_MS, type Query } from "../message/index.ts";
import type { AgentLink } from "./agent-link.ts";
import { Credits } from "./credits.ts";
import { FleetCommands } from "./fleet-commands.ts";
import { commandsView, commandView, fleetView, parseLabels } from "./fleet-view.ts";
import { MemberLog } from "./member-log.ts";
import { Members } from "./members.ts";
import type { HubOptions } from "./options.ts";
import { answerAtHub } from "./queries.ts";
import { Reception } from "./reception.ts";
import { OwnState } from "./own-state.ts";
import { Registry } from "./registry.ts";
import { Telemetry } from "./telemetry.ts";

const MEMBERS_TABLE = "agents";

/** Where agents meet: to clients one big agent, to agents the place that they report to. Like an agent's core it waits for nobody. */
export class Hub {
  readonly #ground: Ground;
  readonly #options: HubOptions;
  readonly #log: Log;
  readonly #clock = new Clock();
  readonly #journal: JournalLink;
  readonly #registry: Registry;
  readonly #telemetry: Telemetry;
  readonly #own: OwnState;
  readonly #members: Members;
  readonly #newcomers: Newcomers;
  readonly #commands: FleetCommands;
  readonly #faults: FaultLog;
  readonly #memberLog: MemberLog;
  readonly #startedMs = monotonicMs();
  #gate: CommandGate;
  #enrolment: Enrolment | undefined;
  #router: AgentRouter | undefined;
  #reception: Reception | undefined;
  #timer: NodeJS.Timeout | undefined;
  #endHostClock = (): void => {};
  #closed: Promise<void> | undefined;

  private constructor(options: HubOptions, ground: Ground) {
    const { server, epoch } = ground;
    this.#options = options;
    this.#log = options.log;
    this.#faults = new FaultLog(options.log);
    this.#memberLog = new MemberLog(options.log);
    this.#ground = ground;
    const publish = (frames: readonly Buffer[]): void => server.publish(frames);
    this.#journal = this.#makeJournal();
    this.#registry = new Registry({
      keep: (key, value) => this.#journal.keep({ table: MEMBERS_TABLE, key, ...(value ? { value } : {}) }),
      nowUs: () => this.#clock.nowUs(),
    });
    this.#telemetry = new Telemetry({
      append: (topic, body) => this.#journal.append(topic, body),
      waitingBytes: () => this.#journal.waitingBytes,
      publish,
      linkOf: (agent) => this.#reception?.linkOf(agent),
      onFault: (error) => this.#faults.note(error),
    });
    this.#own = new OwnState({ ...options, epoch }, this.#clock, () => this.#journal.state, publish);
    this.#members = new Members({
      registry: this.#registry,
      streams: this.#telemetry.streams,
      clock: this.#clock,
      journal: () => this.#journal.state,
      publish,
      onStream: (agent, device, epoch, seq) => this.#telemetry.note(agent, device, epoch, seq),
      onProgress: (agent, body) => this.#commands.progress(agent, body),
    });
    this.#gate = this.#makeGate(options);
    this.#commands = this.#makeCommands(publish);
    this.#newcomers = new Newcomers((prefixes) => this.#repeat(prefixes));
  }

  /**
   * Binds the sockets, raises the epoch, starts the journal; agents are let in when the journal has told what there was.
   * @throws DunlinError `address-in-use`, `address-invalid`, `state-unwritable`
   */
  static async open(options: HubOptions): Promise<Hub> {
    let hub: Hub | undefined;
    const starting = encodeError(new DunlinError("overloaded", "the hub is starting"));
    const handlers: ServerHandlers = {
      onSubscribe: (prefix) => {
        if (hub) hub.#newcomers.add(prefix);
      },
      onCommand: (body) => {
        if (hub) hub.#commands.receive(body);
      },
      onQuery: (body) => (hub ? hub.#answer(body) : starting),
    };
    const ground = await takeGround(options, "hub", handlers);
    try {
      hub = new Hub(options, ground);
      await hub.#start();
      return hub;
    } catch (cause) {
      if (hub) await hub.close();
      else ground.close();
      throw cause;
    }
  }

  get epoch(): number {
    return this.#ground.epoch;
  }

  get #server(): Server {
    return this.#ground.server;
  }

  get condition(): Condition {
    const { size } = this.#registry;
    const online = this.#reception?.size ?? 0;
    const { state } = this.#journal.state;
    return conditionOf([this.#journal.condition], `${online} of ${size} agents are here; journal ${state}`);
  }

  /**
   * Goes on by what the new options say of commands; nobody is cut off.
   * @returns what differs and counts only from the next start
   */
  reload(options: HubOptions): string[] {
    this.#gate = this.#makeGate(options);
    return fixedChanges(this.#options, options);
  }

  /** What the query `status` answers. */
  status(): unknown {
    return {
      hub: this.#options.name,
      version: this.#options.version,
      epoch: this.epoch,
      clock: this.#clock.quality,
      uptimeMs: Math.round(monotonicMs() - this.#startedMs),
      residentBytes: process.memoryUsage.rss(),
      agents: { known: this.#registry.size, online: this.#reception?.size ?? 0 },
      ...this.#telemetry.status(),
      commands: this.#commands.status(),
      refused: this.#faults.count + (this.#router?.refused ?? 0),
      dropped: this.#server.dropped + (this.#router?.dropped ?? 0),
      components: this.#journal.componentStatus(),
      ...(this.#ground.access ? { security: this.#ground.access.status() } : {}),
      connections: this.#server.connections,
      journal: this.#journal.status(),
    };
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #start(): Promise<void> {
    this.#endHostClock = watchHostClock((quality) => this.#clock.setQuality(quality));
    await this.#journal.start();
    this.#timer = setInterval(() => this.#beat(), HEARTBEAT_MS);
    const { name, endpoints, security } = this.#options;
    this.#log.info(`hub ${name} is up`, { epoch: this.epoch, telemetry: endpoints.telemetry });
    if (security.secretKey === undefined) return;
    this.#enrolment = new Enrolment({
      agent: name,
      keysDirectory: security.keysDirectory,
      server: this.#server,
      log: this.#log,
      onFault: (error) => this.#faults.note(error),
    });
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    this.#endHostClock();
    this.#newcomers.close();
    this.#telemetry.close();
    this.#reception?.close();
    await this.#journal.stop();
    this.#own.say("stopped");
    this.#enrolment?.close();
    this.#ground.close();
    this.#log.info(`hub ${this.#options.name} has stopped`);
  }

  #makeJournal(): JournalLink {
    return new JournalLink(this.#options.journal, this.#options, this.epoch, this.#clock, {
      onRecovered: () => {},
      onRecords: (records) => this.#load(records),
      onEnds: (ends) => this.#telemetry.streams.noteEnds(ends),
      onReady: () => void this.#openDoors(),
      onSettled: (bytes) => this.#telemetry.settle(bytes),
      onChange: () => this.#own.sayBirth(),
      onFault: (error) => this.#faults.note(error),
    });
  }

  #makeGate({ security }: HubOptions): CommandGate {
    return new CommandGate(security, {
      signer: (keyId) => this.#ground.access?.signer(keyId),
      hostUs: () => Date.now() * 1_000,
      clock: () => this.#clock.quality,
    });
  }

  #makeCommands(publish: (frames: readonly Buffer[]) => void): FleetCommands {
    return new FleetCommands({
      hub: this.#options.name,
      nowUs: () => this.#clock.nowUs(),
      hostUs: () => Date.now() * 1_000,
      clock: () => this.#clock.quality,
      gate: (envelope) => this.#gate.fault(envelope),
      registry: this.#registry,
      send: (agent, envelope) => this.#reception?.linkOf(agent)?.say("command", { envelope }) ?? false,
      ask: (agent, query) => this.#reception?.linkOf(agent)?.ask(query),
      keep: (record, done) => this.#journal.keep(record, done),
      publish,
      own: ({ agent, labels, ...args }) => ({
        "set-log-level": () => setLogLevel(args, ["journal"], this.#log, this.#options.logLevels),
        "forget-agent": () => this.#forget(String(agent)),
        "label-agent": () => this.#registry.label(this.#registry.need(agent), parseLabels(String(labels))),
      }),
      onFault: (error) => this.#faults.note(error),
    });
  }

  /** What there was before is known: agents may come. */
  async #openDoors(): Promise<void> {
    if (this.#reception) return;
    this.#commands.loaded();
    try {
      const { secretKey } = this.#options.security;
      const keyOf = (agent: string): string | undefined => this.#ground.access?.keyOf("agent", agent);
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
          onReadings: (link, pairs) => this.#telemetry.take(link, pairs),
          onPublish: (link, pairs) => this.#members.receive(link.agent, pairs),
          onFault: (error) => this.#faults.note(error),
        },
      );
      this.#router = await this.#server.openAgents((connection, frames) =>
        this.#reception?.receive(connection, frames),
      );
    } catch (cause) {
      this.#faults.note(cause);
    }
  }

  #load(records: readonly KeptRecord[]): void {
    // One that is started anew tells what is known here already.
    if (this.#router) return;
    for (const record of records)
      try {
        const { table, key, value } = record;
        if (table !== MEMBERS_TABLE) this.#commands.load(record);
        else if (value) this.#registry.load(key, value);
      } catch (cause) {
        this.#faults.note(cause);
      }
  }

  /** It is one of the fleet again when it comes again, as long as its key is let in. */
  #forget(agent: string): void {
    this.#registry.need(agent);
    this.#commands.forget(agent);
    this.#reception?.expel(agent, "the hub was told to forget it");
    this.#registry.forget(agent);
    this.#members.forget(agent);
    this.#telemetry.streams.forget(agent);
  }

  #up(link: AgentLink): void {
    this.#registry.arrive(link.hello);
    this.#commands.linkUp(link.agent);
    this.#memberLog.note(`agent ${link.agent} is here`, { version: link.hello.version });
  }

  #down(link: AgentLink, why: string): void {
    this.#telemetry.away(link.agent);
    this.#registry.leave(link.agent);
    const member = this.#registry.get(link.agent);
    if (member) this.#members.lost(member);
    this.#memberLog.note(`agent ${link.agent} is away`, { reason: why });
  }

  *#repeat(prefixes: readonly string[]): Iterable<void> {
    this.#own.repeat(prefixes);
    this.#commands.repeat(prefixes);
    yield* this.#members.repeat(prefixes);
    yield* this.#telemetry.repeat(prefixes);
  }

  #beat(): void {
    this.#own.say("heartbeat");
    this.#members.sayLost();
    this.#commands.sweep();
  }

  #answer(body: Buffer): Buffer | Promise<Buffer> {
    return answerAtHub(body, {
      hub: this.#options.name,
      registry: this.#registry,
      streams: this.#telemetry.streams,
      ownBirth: () => this.#own.birth(),
      birth: (member) => this.#members.birth(member),
      status: () => this.status(),
      fleet: (query) => fleetView(query, this.#registry, (agent) => this.#reception?.linkOf(agent)),
      command: (query) => commandView(query, (id) => this.#commands.get(id)),
      commands: (query) => commandsView(query, this.#commands.list()),
      askJournal: (query: Query) => this.#journal.ask(query),
    });
  }
}
