import { isDeepStrictEqual } from "node:util";
import { Clock, DunlinError, monotonicMs, type Log } from "../base/index.ts";
import type { ServerHandlers } from "../bus/index.ts";
import {
  CommandGate,
  conditionOf,
  Enrolment,
  FaultLog,
  fixedChanges,
  JournalLink,
  Newcomers,
  OPEN_GATE,
  takeGround,
  watchHostClock,
  type Condition,
  type Ground,
} from "../core/index.ts";
import { encodeError, type Command } from "../message/index.ts";
import { CommandNews } from "./command-news.ts";
import { Commands, type CommandPorts } from "./commands.ts";
import { Components } from "./components.ts";
import { deviceLog } from "./device-log.ts";
import { DeviceTable } from "./device-table.ts";
import type { AgentOptions } from "./options.ts";
import { runOwnCommand } from "./own-commands.ts";
import { OWN_COMMANDS } from "./own-commands.table.ts";
import { Presence, type Identity } from "./presence.ts";
import { answer } from "./queries.ts";
import { reloadable } from "./reload.ts";
import { StreamTable } from "./streams.ts";
import { summary } from "./summary.ts";
import { Uplink } from "./uplink.ts";

/** Open commands are looked through this often, ms. */
const SWEEP_MS = 1_000;
const JOURNAL = "journal";

/**
 * The core: numbers, state, commands and queries between the components on PAIR and the world on three sockets. It does
 * no disk, parses nothing of unknown cost and waits for nobody.
 */
export class Agent {
  readonly #ground: Ground;
  #options: AgentOptions;
  readonly #log: Log;
  readonly #clock = new Clock();
  readonly #devices: DeviceTable;
  readonly #streams: StreamTable;
  readonly #presence: Presence;
  readonly #commands: Commands;
  readonly #components: Components;
  readonly #news: CommandNews;
  readonly #newcomers: Newcomers;
  readonly #journal: JournalLink | undefined;
  readonly #faults: FaultLog;
  readonly #startedMs = monotonicMs();
  readonly #sweep: NodeJS.Timeout;
  #endHostClock = (): void => {};
  #enrolment: Enrolment | undefined;
  #uplink: Uplink | undefined;
  #gate: CommandGate;
  #closed: Promise<void> | undefined;

  private constructor(options: AgentOptions, ground: Ground) {
    const { epoch, server } = ground;
    const publish = (frames: readonly Buffer[]): void => server.publish(frames);
    const publishAlsoUp = (frames: readonly Buffer[]): void => {
      publish(frames);
      this.#uplink?.publish(frames);
    };
    const { name } = options;
    this.#options = options;
    this.#log = options.log;
    this.#faults = new FaultLog(options.log);
    this.#ground = ground;
    this.#journal = this.#makeJournal();
    this.#streams = new StreamTable(name, epoch, publish, (topic, body) => {
      this.#journal?.append(topic, body);
      this.#uplink?.reading(topic, body);
    });
    const logDevice = deviceLog(options.log);
    this.#devices = new DeviceTable((device, status) => {
      this.#presence.deviceChanged(device, status);
      logDevice(device, status, this.#devices.ownerOf(device));
    });
    this.#presence = new Presence(
      () => this.#identity(),
      this.#clock,
      this.#devices,
      this.#streams,
      () => ({ state: this.#journal?.state ?? { state: "off" }, durable: this.#journal?.durable ?? {} }),
      publishAlsoUp,
    );
    this.#components = new Components(options, {
      epoch,
      clock: this.#clock,
      devices: this.#devices,
      streams: this.#streams,
      onChange: () => this.#presence.changed(),
      onDeviceGone: (device) => this.#commands.deviceGone(device, "the configuration has its device no more"),
      onLive: (owner) => this.#commands.componentLive(owner),
      onLost: (owner, reason) => this.#commands.componentLost(owner, reason),
      onProgress: (owner, message) => this.#commands.report(owner, message),
      onFault: (error) => this.#faults.note(error),
    });
    this.#gate = this.#makeGate();
    this.#news = new CommandNews(name, publishAlsoUp, options.log);
    this.#commands = this.#makeCommands();
    this.#newcomers = new Newcomers((prefixes) => this.#repeat(prefixes));
    this.#sweep = setInterval(() => this.#commands.sweep(), SWEEP_MS);
  }

  /**
   * Binds the sockets, raises the epoch, starts the components.
   * @throws DunlinError `address-in-use`, `address-invalid`, `state-unwritable`
   */
  static async open(options: AgentOptions): Promise<Agent> {
    let agent: Agent | undefined;
    const handlers: ServerHandlers = {
      onSubscribe: (prefix) => {
        if (agent) agent.#newcomers.add(prefix);
      },
      onCommand: (body) => {
        if (agent) agent.#commands.receive(body);
      },
      onQuery: (body) =>
        agent ? agent.#answer(body) : encodeError(new DunlinError("overloaded", "the agent is starting")),
    };
    const ground = await takeGround(options, "agent", handlers);
    try {
      agent = new Agent(options, ground);
      await agent.#start();
      return agent;
    } catch (cause) {
      if (agent) await agent.close();
      else ground.close();
      throw cause;
    }
  }

  get epoch(): number {
    return this.#ground.epoch;
  }

  /**
   * Goes on by other options: devices and components that are the same in both are not touched, nor are the sockets.
   * @returns what differs and counts only from the next start, by its names in the configuration
   */
  async reload(options: AgentOptions): Promise<string[]> {
    const before = this.#options;
    const after = reloadable(before, options);
    this.#options = after;
    this.#gate = this.#makeGate();
    if (after.journal && !isDeepStrictEqual(before.journal, after.journal))
      this.#journal?.replan(after.journal);
    await this.#components.reload(after.components);
    this.#components.levelsChanged();
    if (!isDeepStrictEqual([before.hub, before.labels], [after.hub, after.labels])) {
      this.#uplink?.close();
      this.#uplink = this.#makeUplink();
    }
    return fixedChanges(before, options);
  }

  get condition(): Condition {
    const parts = [...this.#components.conditions, ...(this.#journal ? [this.#journal.condition] : [])];
    return conditionOf(parts, summary(this.#devices, this.#journal?.state ?? { state: "off" }));
  }

  /** What the query `status` answers. */
  status(): unknown {
    return {
      agent: this.#options.name,
      version: this.#options.version,
      epoch: this.epoch,
      clock: this.#clock.quality,
      uptimeMs: Math.round(monotonicMs() - this.#startedMs),
      residentBytes: process.memoryUsage.rss(),
      refused: this.#faults.count,
      dropped: this.#streams.dropped + this.#ground.server.dropped,
      components: { ...this.#components.status(), ...this.#journal?.componentStatus() },
      ...(this.#ground.access ? { security: this.#ground.access.status() } : {}),
      connections: this.#ground.server.connections,
      journal: this.#journal?.status() ?? { state: "off" },
      commands: this.#commands.status(),
      ...(this.#uplink ? { hub: this.#uplink.status() } : {}),
      devices: this.#components.deviceStatus(),
    };
  }

  /** Says `stopped`, ends the components, closes the sockets. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #start(): Promise<void> {
    if (this.#options.clock === "synced") this.#clock.setQuality("synced");
    else this.#endHostClock = watchHostClock((quality) => this.#clock.setQuality(quality));
    await this.#journal?.start();
    await this.#components.start();
    this.#presence.changed();
    this.#enrolment = this.#makeEnrolment();
    this.#uplink = this.#makeUplink();
    const { name, endpoints } = this.#options;
    this.#log.info(`agent ${name} is up`, { epoch: this.epoch, telemetry: endpoints.telemetry });
  }

  async #close(): Promise<void> {
    clearInterval(this.#sweep);
    this.#endHostClock();
    this.#newcomers.close();
    await this.#components.stop();
    await this.#journal?.stop();
    this.#presence.close();
    this.#uplink?.close();
    this.#enrolment?.close();
    this.#ground.close();
    this.#log.info(`agent ${this.#options.name} has stopped`);
  }

  *#repeat(prefixes: readonly string[]): Iterable<void> {
    this.#presence.repeat(prefixes);
    yield* this.#streams.repeatLast(prefixes);
    this.#news.repeat(prefixes, (id) => this.#commands.progress(id));
  }

  #runOwn(command: Command): void {
    const { log, logLevels } = this.#options;
    runOwnCommand(command, {
      components: () => [...this.#components.names(), ...(this.#journal ? [JOURNAL] : [])],
      restart: (name) => {
        if (name === JOURNAL) this.#journal?.restart("it was told to restart");
        else this.#components.restart(name);
      },
      levelsChanged: () => this.#components.levelsChanged(),
      log,
      ...(logLevels ? { logLevels } : {}),
    });
  }

  #identity(): Identity {
    const { name, version, labels } = this.#options;
    return { name, version, labels, epoch: this.epoch };
  }

  #makeGate(): CommandGate {
    return new CommandGate(this.#options.security ?? OPEN_GATE, {
      signer: (keyId) => this.#ground.access?.signer(keyId),
      hostUs: () => Date.now() * 1_000,
      clock: () => this.#clock.quality,
    });
  }

  #makeCommands(): Commands {
    return new Commands({
      self: () => this.#identity(),
      devices: this.#devices,
      nowUs: () => this.#clock.nowUs(),
      hostUs: () => Date.now() * 1_000,
      clock: () => this.#clock.quality,
      publish: (progress) => this.#news.tell(progress),
      gate: (envelope) => this.#gate.fault(envelope),
      isLive: (component) => this.#components.isLive(component),
      awaits: () => this.#components.awaits,
      send: (component, verb, message) => this.#components.send(component, verb, message),
      put: this.#putCommand,
      own: OWN_COMMANDS,
      runOwn: (command) => this.#runOwn(command),
      onInvalid: (error) => this.#faults.note(error),
    });
  }

  /** Whoever is not let in by a key needs no invitation. */
  #makeEnrolment(): Enrolment | undefined {
    const { name: agent, security, log } = this.#options;
    if (security?.secretKey === undefined) return undefined;
    const { keysDirectory } = security;
    const onFault = (error: unknown): void => this.#faults.note(error);
    return new Enrolment({ agent, keysDirectory, server: this.#ground.server, log, onFault });
  }

  #makeUplink(): Uplink | undefined {
    const { hub, log } = this.#options;
    if (!hub) return undefined;
    return new Uplink(
      hub,
      this.#identity(),
      {
        onLive: () => this.#presence.repeat([""]),
        onCommand: (envelope) => this.#commands.receive(envelope, true),
        answer: (body) => this.#answer(body),
        onFault: (error) => this.#faults.note(error),
      },
      log.with({ component: "hub" }),
    );
  }

  #makeJournal(): JournalLink | undefined {
    const { journal } = this.#options;
    return (
      journal &&
      new JournalLink(journal, this.#options, this.epoch, this.#clock, {
        onRecovered: (command) => this.#commands.recover(command),
        onChange: () => this.#presence.changed(),
        onFault: (error) => this.#faults.note(error),
      })
    );
  }

  readonly #putCommand: CommandPorts["put"] = (put, done) => {
    if (this.#journal) this.#journal.put(put, done);
    else done({ kind: "durable" });
  };

  #answer(body: Buffer): Buffer | Promise<Buffer> {
    const journal = this.#journal;
    return answer(body, {
      birth: () => this.#presence.birth(),
      status: () => this.status(),
      devices: () => this.#devices.names(),
      last: (device) => this.#streams.last(device),
      progress: (id) => this.#commands.progress(id),
      askJournal: journal && ((query) => journal.ask(query)),
    });
  }
}
