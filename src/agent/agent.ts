import { Clock, DunlinError, monotonicMs, type Log } from "../base/index.ts";
import { Server, type ServerHandlers } from "../bus/index.ts";
import {
  Access,
  CommandGate,
  conditionOf,
  Enrolment,
  FaultLog,
  JournalLink,
  lockInstance,
  makePrivate,
  Newcomers,
  nextEpoch,
  OPEN_GATE,
  watchHostClock,
  type Condition,
} from "../core/index.ts";
import {
  commandTopic,
  encodeError,
  encodeProgress,
  type Command,
  type CommandProgress,
} from "../message/index.ts";
import { Commands, type CommandPorts } from "./commands.ts";
import { Components } from "./components.ts";
import { deviceLog } from "./device-log.ts";
import { DeviceTable } from "./device-table.ts";
import type { AgentOptions } from "./options.ts";
import { OWN_COMMANDS } from "./own-commands.table.ts";
import { Presence } from "./presence.ts";
import { answer } from "./queries.ts";
import { StreamTable } from "./streams.ts";
import { summary } from "./summary.ts";
import { Uplink } from "./uplink.ts";

/** Open commands are looked through this often, ms. */
const SWEEP_MS = 1_000;

/**
 * The core: numbers, state, commands and queries between the components on PAIR and the world on three sockets. It does
 * no disk, parses nothing of unknown cost and waits for nobody.
 */
export class Agent {
  readonly epoch: number;
  readonly #options: AgentOptions;
  readonly #log: Log;
  readonly #clock = new Clock();
  readonly #devices: DeviceTable;
  readonly #streams: StreamTable;
  readonly #presence: Presence;
  readonly #commands: Commands;
  readonly #components: Components;
  readonly #newcomers: Newcomers;
  readonly #journal: JournalLink | undefined;
  readonly #faults: FaultLog;
  readonly #startedMs = monotonicMs();
  readonly #sweep: NodeJS.Timeout;
  #endHostClock = (): void => {};
  #unlock = (): void => {};
  #server: Server | undefined;
  #access: Access | undefined;
  #enrolment: Enrolment | undefined;
  #uplink: Uplink | undefined;
  #closed: Promise<void> | undefined;

  private constructor(options: AgentOptions, epoch: number) {
    const publish = (frames: readonly Buffer[]): void => this.#server?.publish(frames);
    const publishAlsoUp = (frames: readonly Buffer[]): void => {
      publish(frames);
      this.#uplink?.publish(frames);
    };
    const { name, version, labels } = options;
    this.#options = options;
    this.#log = options.log;
    this.#faults = new FaultLog(options.log);
    this.epoch = epoch;
    this.#journal = this.#makeJournal();
    this.#streams = new StreamTable(name, epoch, publish, (topic, body) => {
      this.#journal?.append(topic, body);
      this.#uplink?.reading(topic, body);
    });
    const logDevice = deviceLog(options.log);
    this.#devices = new DeviceTable((device, status) => {
      this.#presence.deviceChanged(device, status);
      logDevice(device, status);
    });
    this.#presence = new Presence(
      { name, version, labels, epoch },
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
      onLive: (owner) => this.#commands.componentLive(owner),
      onLost: (owner, reason) => this.#commands.componentLost(owner, reason),
      onProgress: (owner, message) => this.#commands.report(owner, message),
      onFault: (error) => this.#faults.note(error),
    });
    const gate = new CommandGate(options.security ?? OPEN_GATE, {
      signer: (keyId) => this.#access?.signer(keyId),
      hostUs: () => Date.now() * 1_000,
      clock: () => this.#clock.quality,
    });
    this.#commands = new Commands({
      self: { name, labels },
      devices: this.#devices,
      nowUs: () => this.#clock.nowUs(),
      hostUs: () => Date.now() * 1_000,
      clock: () => this.#clock.quality,
      publish: (progress) => this.#tellProgress(progress),
      gate: (envelope) => gate.fault(envelope),
      isLive: (component) => this.#components.isLive(component),
      awaits: () => this.#components.awaits,
      send: (component, verb, message) => this.#components.send(component, verb, message),
      put: this.#putCommand,
      own: OWN_COMMANDS,
      runOwn: (command) => this.#runOwn(command),
      onInvalid: (error) => this.#faults.note(error),
    });
    this.#newcomers = new Newcomers((prefixes) => this.#repeat(prefixes));
    this.#sweep = setInterval(() => this.#commands.sweep(), SWEEP_MS);
  }

  /**
   * Binds the sockets, raises the epoch, starts the components.
   * @throws DunlinError `address-in-use`, `address-invalid`, `state-unwritable`
   */
  static async open(options: AgentOptions): Promise<Agent> {
    // The lock and the address first: of two agents started by mistake the second must not raise the first one's epoch.
    let agent: Agent | undefined;
    let server: Server | undefined;
    const unlock = await lockInstance(options.stateDirectory);
    const access =
      options.security &&
      new Access(options.security, options.log, {
        // Also of one that was let in before the agent was up.
        onRevoked: (domain, publicKey) => server?.cut(domain, publicKey),
        onFault: (error) => options.log.warn(error.message, { code: error.code }),
      });
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
    server = await Server.open(options.endpoints, handlers, access?.server).catch((cause: unknown) => {
      access?.close();
      unlock();
      throw cause;
    });
    try {
      const { epoch, damaged } = nextEpoch(options.stateDirectory);
      if (damaged)
        options.log.warn("the epoch file was damaged; the epoch goes on from the wall clock", { epoch });
      makePrivate(options.runtimeDirectory);
      agent = new Agent(options, epoch);
      agent.#server = server;
      agent.#unlock = unlock;
      agent.#access = access;
      await agent.#start();
      return agent;
    } catch (cause) {
      await agent?.close();
      server.close();
      access?.close();
      unlock();
      throw cause;
    }
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
      dropped: this.#streams.dropped + (this.#server?.dropped ?? 0),
      components: { ...this.#components.status(), ...this.#journal?.componentStatus() },
      ...(this.#access ? { security: this.#access.status() } : {}),
      connections: this.#server?.connections ?? { telemetry: 0, commands: 0, queries: 0 },
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
    this.#server?.close();
    this.#access?.close();
    this.#unlock();
    this.#log.info(`agent ${this.#options.name} has stopped`);
  }

  #repeat(prefixes: readonly string[]): void {
    this.#presence.repeat(prefixes);
    this.#streams.repeatLast(prefixes);
    for (const prefix of prefixes) {
      const [kind, , id = ""] = prefix.split("/");
      const progress = kind === "command" ? this.#commands.progress(id) : undefined;
      if (progress) this.#publishProgress(progress);
    }
  }

  #publishProgress(progress: CommandProgress): void {
    const frames = [Buffer.from(commandTopic(this.#options.name, progress.id)), encodeProgress(progress)];
    this.#server?.publish(frames);
    this.#uplink?.publish(frames);
  }

  #tellProgress(progress: CommandProgress): void {
    this.#publishProgress(progress);
    const { id, target, name, state, reason } = progress;
    this.#log.info(
      `command ${name} for ${target} is ${state}`,
      reason === undefined ? { id } : { id, reason },
    );
  }

  #runOwn(command: Command): void {
    const name = String(command.args["component"]);
    if (name === "journal" && this.#journal) return this.#journal.restart("it was told to restart");
    if (!this.#components.restart(name))
      throw new DunlinError(
        "target-unknown",
        `no component ${name}: there are ${this.#components.names().join(", ")}`,
      );
  }

  /** Whoever is not let in by a key needs no invitation. */
  #makeEnrolment(): Enrolment | undefined {
    const { name: agent, security, log } = this.#options;
    if (security?.secretKey === undefined || !this.#server) return undefined;
    const { keysDirectory } = security;
    const onFault = (error: unknown): void => this.#faults.note(error);
    return new Enrolment({ agent, keysDirectory, server: this.#server, log, onFault });
  }

  #makeUplink(): Uplink | undefined {
    const { name, version, labels, hub, log } = this.#options;
    if (!hub) return undefined;
    const identity = { name, version, labels, epoch: this.epoch };
    return new Uplink(
      hub,
      identity,
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
