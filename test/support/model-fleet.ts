import { v7 } from "uuid";
import { encodeError, encodeResult } from "../../src/message/index.ts";
import { DunlinError } from "../../src/base/index.ts";
import { FleetCommands } from "../../src/hub/fleet-commands.ts";
import { Registry } from "../../src/hub/registry.ts";
import type { KeptRecord } from "../../src/ipc/index.ts";
import {
  decodeEnvelope,
  decodeProgress,
  encodeCommand,
  encodeProgress,
  isFinal,
  parseTopic,
  type Command,
  type CommandProgress,
  type CommandState,
} from "../../src/message/index.ts";

const SECOND_US = 1_000_000;
const START_US = 1_790_000_000 * SECOND_US;

interface Pending {
  readonly record: KeptRecord;
  readonly done: (() => void) | undefined;
}

/** An agent as a hub's commands see it: it runs each id once, whatever happens to its link. */
export class ModelAgent {
  readonly name: string;
  online = false;
  /** How often each id has run. */
  readonly ran = new Map<string, number>();
  readonly told = new Map<string, CommandProgress>();
  /** Envelopes on the way to it. */
  readonly inbox: Buffer[] = [];

  constructor(name: string) {
    this.name = name;
  }
}

/** A hub's commands with nothing real around them: links, disk and time are in the test's hands. */
export class ModelFleet {
  readonly agents = new Map<string, ModelAgent>();
  readonly published: { readonly topic: string; readonly progress: CommandProgress }[] = [];
  readonly faults: DunlinError[] = [];
  readonly ids: string[] = [];
  /** How an agent ends a command. */
  outcome: (agent: string, command: Command) => CommandState = () => "succeeded";
  nowUs = START_US;
  commands: FleetCommands;
  registry: Registry;
  readonly #disk = new Map<string, KeptRecord>();
  #pending: Pending[] = [];

  constructor(names: readonly string[]) {
    for (const name of names) this.agents.set(name, new ModelAgent(name));
    this.registry = this.#makeRegistry();
    this.commands = this.#makeCommands();
    this.commands.loaded();
    for (const name of names) {
      this.linkUp(name);
      this.linkDown(name);
    }
  }

  agent(name: string): ModelAgent {
    const agent = this.agents.get(name);
    if (!agent) throw new Error(`no agent ${name}`);
    return agent;
  }

  linkUp(name: string): void {
    const agent = this.agent(name);
    if (agent.online) return;
    agent.online = true;
    this.registry.arrive({ protocol: 1, agent: name, version: "0", labels: {}, epoch: 1 });
    this.commands.linkUp(name);
  }

  /** What was on its way is lost. */
  linkDown(name: string): void {
    const agent = this.agent(name);
    agent.online = false;
    agent.inbox.length = 0;
    this.registry.leave(name);
  }

  push(command: Partial<Command>): string {
    const id = command.id ?? v7();
    const issued = this.nowUs;
    const expires = issued + 60 * SECOND_US;
    const whole = { id, target: "{*}", name: "go", args: {}, issued, expires, issuer: "", ...command };
    this.ids.push(id);
    this.commands.receive(encodeCommand(whole));
    return id;
  }

  /** The hub's own. */
  tell(name: string, args: Command["args"]): string {
    return this.push({ target: "hub", name, args });
  }

  /** What waits for the disk is on it. */
  commit(): void {
    for (let one = this.#pending.shift(); one; one = this.#pending.shift()) {
      const key = `${one.record.table}\n${one.record.key}`;
      if (one.record.value) this.#disk.set(key, one.record);
      else this.#disk.delete(key);
      one.done?.();
    }
  }

  /** kill -9, and a new one that knows what is on the disk; every link is lost. */
  restartHub(): void {
    this.#pending = [];
    const members = [...this.registry.all()].map(({ name }) => name);
    for (const name of this.agents.keys()) this.linkDown(name);
    this.#pending = [];
    this.registry = this.#makeRegistry();
    for (const name of members)
      this.registry.arrive({ protocol: 1, agent: name, version: "0", labels: {}, epoch: 1 }).online = false;
    this.commands = this.#makeCommands();
    const keys = [...this.#disk.keys()].sort();
    for (const key of keys) this.commands.load(this.#disk.get(key) as KeptRecord);
    this.commands.loaded();
  }

  /** The agent takes the next envelope that is on its way to it. */
  take(name: string): void {
    const agent = this.agent(name);
    const envelope = agent.inbox.shift();
    if (!envelope) return;
    const { command } = decodeEnvelope(envelope);
    const known = agent.told.get(command.id);
    if (known) return this.#say(agent, known);
    const hasExpired = this.nowUs > command.expires;
    if (!hasExpired) agent.ran.set(command.id, (agent.ran.get(command.id) ?? 0) + 1);
    this.#progress(agent, command, hasExpired ? "expired" : "running");
  }

  /** The agent ends all that it runs. */
  finish(name: string): void {
    const agent = this.agent(name);
    for (const { id, target, name: what, state } of agent.told.values()) {
      if (isFinal(state)) continue;
      const command = { id, target, name: what, args: {}, issued: 0, expires: 0, issuer: "" };
      this.#progress(agent, command, this.outcome(name, command));
    }
  }

  /** Whatever an agent was asked has been answered. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  tick(seconds: number): void {
    this.nowUs += seconds * SECOND_US;
    this.commands.sweep();
  }

  /** All that was told on a topic, of one command. */
  toldOf(agent: string, id: string): CommandProgress[] {
    const topic = `command/${agent}/${id}/`;
    return this.published.filter((one) => one.topic === topic).map(({ progress }) => progress);
  }

  /** Links come back, work is done, time goes by, until nothing is open or `seconds` are over. */
  async calm(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      for (const name of this.agents.keys()) this.linkUp(name);
      for (let round = 0; round < 3; round++) {
        this.commit();
        for (const { inbox, name } of this.agents.values()) {
          while (inbox.length > 0) this.take(name);
          this.finish(name);
        }
      }
      await this.settle();
      this.commit();
      if (this.commands.list().every(({ isOver }) => isOver)) return;
      this.tick(1);
    }
  }

  #progress(agent: ModelAgent, { id, target, name }: Command, state: CommandState): void {
    const progress = { id, target, name, state, time: this.nowUs };
    agent.told.set(id, progress);
    this.#say(agent, progress);
  }

  #say(agent: ModelAgent, progress: CommandProgress): void {
    if (agent.online) this.commands.progress(agent.name, encodeProgress(progress));
  }

  #makeRegistry(): Registry {
    return new Registry({ keep: () => {}, nowUs: () => this.nowUs });
  }

  #makeCommands(): FleetCommands {
    return new FleetCommands({
      hub: "hub",
      nowUs: () => this.nowUs,
      hostUs: () => this.nowUs,
      clock: () => "synced",
      gate: () => undefined,
      registry: this.registry,
      send: (name, envelope) => {
        const agent = this.agent(name);
        if (agent.online) agent.inbox.push(envelope);
        return agent.online;
      },
      ask: (name, { id }) => {
        const agent = this.agent(name);
        if (!agent.online) return undefined;
        const told = agent.told.get(String(id));
        return Promise.resolve(
          told ? encodeResult(told) : encodeError(new DunlinError("not-found", "never came")),
        );
      },
      keep: (record, done) => void this.#pending.push({ record, done }),
      publish: ([topic, body]) => {
        const text = String(topic);
        if (!parseTopic(text) || !body) throw new Error(`published on ${text}`);
        this.published.push({ topic: text, progress: decodeProgress(body) });
      },
      own: ({ agent }) => ({
        "forget-agent": () => {
          this.registry.need(agent);
          this.commands.forget(String(agent));
          this.linkDown(String(agent));
          this.registry.forget(String(agent));
        },
      }),
      onFault: (error) => void this.faults.push(error),
    });
  }
}
