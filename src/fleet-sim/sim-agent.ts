import {
  answer,
  CommandNews,
  Commands,
  DeviceTable,
  OWN_COMMANDS,
  Presence,
  StreamTable,
  Uplink,
  type Identity,
  type UplinkPlan,
} from "../agent/index.ts";
import { DunlinError, type Clock, type Log } from "../base/index.ts";
import type { FromCore } from "../ipc/index.ts";
import { encodeReading, type CommandDescriptions, type Metrics } from "../message/index.ts";
import { KeptReadings } from "./kept-readings.ts";

export interface SimAgentPlan {
  readonly identity: Identity;
  readonly uplink: UplinkPlan;
  /** Readings that it can replay. */
  readonly kept: number;
  /** How long a command takes, ms; and whether it fails then. */
  readonly commandMs: number;
  readonly fails: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SimAgentHandlers {
  onLive(): void;
  /** A command begins; for one that has run before, see that it does not come. */
  onRun(id: string): void;
  onFault(error: Error): void;
}

const DEVICE = "sensor";
const OWNER = "sim";
const FAILURE = "it is simulated to fail";
const METRICS: Metrics = {
  temperature: { type: "number", unit: "Cel" },
  humidity: { type: "number", unit: "%" },
};
const COMMANDS: CommandDescriptions = {
  "restart-sensor": { description: "Does nothing, and says that it has", arguments: {}, idempotent: true },
};

/** An agent without sockets, processes and disk: the core's own parts, a device that is made up, and the real link to a hub. */
export class SimAgent {
  readonly #plan: SimAgentPlan;
  readonly #handlers: SimAgentHandlers;
  readonly #streams: StreamTable;
  readonly #presence: Presence;
  readonly #commands: Commands;
  readonly #kept: KeptReadings;
  readonly #topic: Buffer;
  readonly #running = new Set<NodeJS.Timeout>();
  readonly #sweep: NodeJS.Timeout;
  #uplink: Uplink | undefined;
  #closed = false;
  #replays = 0;

  constructor(plan: SimAgentPlan, handlers: SimAgentHandlers) {
    const { identity, clock } = plan;
    const { name, epoch } = identity;
    this.#plan = plan;
    this.#handlers = handlers;
    this.#kept = new KeptReadings(epoch, plan.kept);
    this.#streams = new StreamTable(
      name,
      epoch,
      () => {},
      (topic, body) => {
        this.#kept.add(body);
        this.#uplink?.reading(topic, body);
      },
    );
    const devices = new DeviceTable((device, status) => this.#presence.deviceChanged(device, status));
    devices.expect(DEVICE, OWNER, OWNER, clock.nowUs());
    devices.declare(
      { [DEVICE]: { driver: OWNER, metrics: METRICS, commands: COMMANDS } },
      OWNER,
      clock.nowUs(),
    );
    this.#topic = Buffer.from(this.#streams.claim(DEVICE, OWNER).topic);
    this.#presence = new Presence(
      () => identity,
      clock,
      devices,
      this.#streams,
      () => ({ state: { state: "ok" }, durable: this.#streams.seqs() }),
      (frames) => this.#uplink?.publish(frames),
    );
    devices.setStatus(DEVICE, { state: "online", since: clock.nowUs() });
    this.#commands = this.#makeCommands(devices);
    this.#sweep = setInterval(() => this.#commands.sweep(), 1_000);
  }

  /** Newest seq of its stream. */
  get seq(): number {
    return this.#streams.seq(DEVICE);
  }

  get withheld(): number {
    return this.#uplink?.withheld ?? 0;
  }

  get isLive(): boolean {
    return this.#uplink?.isLive ?? false;
  }

  /** Bytes of bodies that the hub takes now. */
  get room(): number {
    return this.#uplink?.room ?? 0;
  }

  /** The hub has asked for what lies before: what comes now follows. */
  get isFollowed(): boolean {
    return this.#replays > 0;
  }

  connect(): void {
    if (this.#closed || this.#uplink) return;
    const { identity, uplink, log } = this.#plan;
    this.#uplink = new Uplink(
      uplink,
      identity,
      {
        onLive: () => {
          this.#presence.repeat([""]);
          this.#handlers.onLive();
        },
        onCommand: (envelope) => this.#commands.receive(envelope, true),
        answer: (body) => this.#answer(body),
        onFault: (error) => this.#handlers.onFault(error),
      },
      log,
    );
  }

  /** Takes its device's next reading. */
  read(): void {
    const seq = this.seq + 1;
    const { clock, identity } = this.#plan;
    const values = { temperature: 20 + (seq % 50) / 10, humidity: 40 + (seq % 7) };
    const body = encodeReading({
      epoch: identity.epoch,
      seq,
      time: clock.nowUs(),
      clock: clock.quality,
      values,
    });
    this.#streams.receive([this.#topic, body], OWNER, "own", (error) => this.#handlers.onFault(error));
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#sweep);
    for (const timer of this.#running) clearTimeout(timer);
    this.#presence.close();
    this.#uplink?.close();
  }

  #makeCommands(devices: DeviceTable): Commands {
    const { clock, identity, log } = this.#plan;
    const news = new CommandNews(identity.name, (frames) => this.#uplink?.publish(frames), log);
    return new Commands({
      self: () => identity,
      devices,
      nowUs: () => clock.nowUs(),
      hostUs: () => Date.now() * 1_000,
      clock: () => clock.quality,
      publish: (progress) => news.tell(progress),
      gate: () => undefined,
      isLive: () => true,
      awaits: () => false,
      send: (_component, verb, message) => {
        if (verb === "command") this.#run(message as FromCore["command"]);
      },
      put: (_put, done) => done({ kind: "durable" }),
      own: OWN_COMMANDS,
      runOwn: ({ id }) => {
        this.#handlers.onRun(id);
        if (this.#plan.fails) throw new DunlinError("driver-failed", FAILURE);
      },
      onInvalid: (error) => this.#handlers.onFault(error),
    });
  }

  #run({ id }: FromCore["command"]): void {
    this.#handlers.onRun(id);
    const timer = setTimeout(() => {
      this.#running.delete(timer);
      const end = this.#plan.fails
        ? ({ state: "failed", code: "driver-failed", reason: FAILURE } as const)
        : ({ state: "succeeded" } as const);
      this.#commands.report(OWNER, { id, ...end });
    }, this.#plan.commandMs);
    this.#running.add(timer);
  }

  #answer(body: Buffer): Buffer | Promise<Buffer> {
    return answer(body, {
      birth: () => this.#presence.birth(),
      status: () => ({ agent: this.#plan.identity.name, simulated: true }),
      devices: () => [DEVICE],
      last: (device) => this.#streams.last(device),
      progress: (id) => this.#commands.progress(id),
      askJournal: (query) => {
        if (query.query === "replay") this.#replays++;
        return Promise.resolve(this.#kept.replay(query));
      },
    });
  }
}
