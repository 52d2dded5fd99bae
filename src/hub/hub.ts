import { Clock, DunlinError, monotonicMs, type Log } from "../base/index.ts";
import { Server, type AgentRouter } from "../bus/index.ts";
import {
  Access,
  CommandGate,
  Enrolment,
  FaultLog,
  JournalLink,
  lockInstance,
  makePrivate,
  Newcomers,
  nextEpoch,
  watchHostClock,
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
  readonly epoch: number;
  readonly #options: HubOptions;
  readonly #log: Log;
  readonly #clock = new Clock();
  readonly #server: Server;
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
  #access: Access | undefined;
  #enrolment: Enrolment | undefined;
  #router: AgentRouter | undefined;
  #reception: Reception | undefined;
  #timer: NodeJS.Timeout | undefined;
  #endHostClock = (): void => {};
  #unlock = (): void => {};
  #closed: Promise<void> | undefined;

  private constructor(options: HubOptions, epoch: number, server: Server) {
    this.#options = options;
    this.#log = options.log;
    this.#faults = new FaultLog(options.log);
    this.#memberLog = new MemberLog(options.log);
    this.epoch = epoch;
    this.#server = server;
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
    this.#commands = this.#makeCommands(publish);
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
          onCommand: (body) => {
            if (hub) hub.#commands.receive(body);
          },
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
      refused: this.#faults.count + (this.#router?.refused ?? 0),
      dropped: this.#server.dropped + (this.#router?.dropped ?? 0),
      components: this.#journal.componentStatus(),
      ...(this.#access ? { security: this.#access.status() } : {}),
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
    this.#server.close();
    this.#access?.close();
    this.#unlock();
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

  #makeCommands(publish: (frames: readonly Buffer[]) => void): FleetCommands {
    const time = { hostUs: () => Date.now() * 1_000, clock: () => this.#clock.quality };
    const gate = new CommandGate(this.#options.security, {
      signer: (keyId) => this.#access?.signer(keyId),
      ...time,
    });
    return new FleetCommands({
      hub: this.#options.name,
      nowUs: () => this.#clock.nowUs(),
      ...time,
      gate: (envelope) => gate.fault(envelope),
      registry: this.#registry,
      send: (agent, envelope) => this.#reception?.linkOf(agent)?.say("command", { envelope }) ?? false,
      ask: (agent, query) => this.#reception?.linkOf(agent)?.ask(query),
      keep: (record, done) => this.#journal.keep(record, done),
      publish,
      own: ({ agent, labels }) => ({
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

  #repeat(prefixes: readonly string[]): void {
    this.#own.repeat(prefixes);
    this.#members.repeat(prefixes);
    this.#commands.repeat(prefixes);
    this.#telemetry.repeat(prefixes);
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
