import { DunlinError } from "../base/index.ts";
import { Pusher, Requester, type ClientKeys, type Endpoints } from "../bus/index.ts";
import {
  decodeReply,
  encode,
  encodeCommand,
  parseSelector,
  signCommand,
  splitManyTarget,
  type AgentRun,
  type Command,
  type CommandProgress,
  type FleetMember,
  type Page,
  type QueryName,
  type Values,
} from "../message/index.ts";
import { DurableStream, type DurableOptions } from "./durable-stream.ts";
import { followCommand, makeCommand, topicOf, type PushOptions } from "./follow-command.ts";
import { pages, type ManyOutcome, type PushManyOptions } from "./many.ts";
import { MessageStream, type SubscribeOptions } from "./message-stream.ts";

/** Who a client is. */
export interface ClientOptions {
  /** For an agent that lets in only whom it knows: without them it does not answer. */
  readonly keys?: ClientKeys;
  /** Ed25519, Z85: every command is signed with it. */
  readonly signingKey?: string;
}

export interface QueryOptions {
  /** How long to wait for the reply, ms. Default 5 000. */
  readonly timeoutMs?: number;
}

/** A question beside the command's own topic; it is put again at the next sending, ms. */
const ASK_TIMEOUT_MS = 2_000;

/** A client of one agent (or hub): telemetry from it, commands to it, questions to it. */
export class Client {
  readonly endpoints: Endpoints;
  readonly #keys: ClientKeys | undefined;
  readonly #signingKey: string | undefined;
  #requester: Requester | undefined;
  #pusher: Pusher | undefined;
  #name: string | undefined;
  readonly #streams = new Set<MessageStream | DurableStream>();

  constructor(endpoints: Endpoints, { keys, signingKey }: ClientOptions = {}) {
    this.endpoints = endpoints;
    this.#keys = keys;
    this.#signingKey = signingKey;
  }

  /**
   * @param topics `<agent>`, `<agent>/<device>`, or a topic's beginning (`state/`); none is all telemetry
   * @throws DunlinError `arguments-invalid`
   */
  subscribe(topics: string | readonly string[] = [], options: SubscribeOptions = {}): MessageStream {
    const stream = new MessageStream(
      this.endpoints.telemetry,
      typeof topics === "string" ? [topics] : topics,
      options,
      () => queueMicrotask(() => this.#streams.delete(stream)),
      this.#keys,
    );
    this.#streams.add(stream);
    return stream;
  }

  /**
   * Every reading that the agent's journal has, once, in order, across restarts of the agent and of this program; what is
   * gone for good comes as a message of kind `lost`. Store `cursors()` with what you make of the messages, and give them
   * as `from` next time.
   * @param topics as for {@link subscribe}
   * @throws DunlinError `arguments-invalid`
   */
  subscribeDurable(topics: string | readonly string[] = [], options: DurableOptions = {}): DurableStream {
    const stream = new DurableStream(
      this.endpoints.telemetry,
      (args) => this.query("replay", args),
      typeof topics === "string" ? [topics] : topics,
      options,
      () => queueMicrotask(() => this.#streams.delete(stream)),
      this.#keys,
    );
    this.#streams.add(stream);
    return stream;
  }

  /**
   * Runs a command and waits for its final state, whatever it is: see its `state`.
   * @param target `<agent>` or `<agent>/<device>`
   * @throws DunlinError `arguments-invalid`, `timed-out`
   */
  async push(
    target: string,
    name: string,
    args: Values = {},
    options: PushOptions = {},
  ): Promise<CommandProgress> {
    return this.#follow(makeCommand(target, name, args, options), options);
  }

  /**
   * Runs a command at every agent of a hub that a selector chooses, as its roll-out says, and waits until it has ended everywhere: see
   * the outcome's `progress.state`, and the agents one by one in `runs`.
   * @param selector `site=north and model=pi4`; docs/fleet.md
   * @throws DunlinError `arguments-invalid`, `timed-out`
   */
  async pushMany(
    selector: string,
    name: string,
    args: Values = {},
    options: PushManyOptions = {},
  ): Promise<ManyOutcome> {
    const target = options.device === undefined ? `{${selector}}` : `{${selector}}/${options.device}`;
    parseSelector(selector);
    if (!splitManyTarget(target))
      throw new DunlinError("arguments-invalid", `${JSON.stringify(target)} is not a target of many`);
    const command = makeCommand(target, name, args, options);
    const progress = await this.#follow(command, options, await this.name());
    return { progress, runs: progress.state === "rejected" ? [] : await this.runs(command.id) };
  }

  /** Where a command of a hub's stands at each agent. @throws DunlinError `not-found`, `timed-out` */
  async runs(id: string): Promise<AgentRun[]> {
    const none = { total: 0, entries: [], more: false };
    const ask = async (where: object): Promise<Page<AgentRun>> => {
      const answer = await this.query("command", { id, runs: true, ...where });
      return (answer as { readonly runs?: Page<AgentRun> }).runs ?? none;
    };
    return Array.fromAsync(pages(ask));
  }

  /** Agents of a hub, in the order of their names. @throws DunlinError `arguments-invalid`, `timed-out` */
  fleet(selector?: string): AsyncGenerator<FleetMember> {
    const select = selector === undefined ? {} : { select: selector };
    return pages(async (where) => (await this.query("fleet", { ...select, ...where })) as Page<FleetMember>);
  }

  /** What the agent (or hub) is called. @throws DunlinError `timed-out` */
  async name(): Promise<string> {
    return (this.#name ??= ((await this.query("describe")) as { readonly agent: string }).agent);
  }

  #follow(command: Command, options: PushOptions, hub?: string): Promise<CommandProgress> {
    const stream = this.subscribe(topicOf(command, hub));
    this.#pusher ??= Pusher.open(this.endpoints.commands, this.#keys);
    const ask = (id: string): Promise<CommandProgress | undefined> =>
      this.query("command", { id }, { timeoutMs: ASK_TIMEOUT_MS }).then(
        (progress) => progress as CommandProgress,
        () => undefined,
      );
    const body =
      this.#signingKey === undefined ? encodeCommand(command) : signCommand(command, this.#signingKey);
    return followCommand(command, { body, pusher: this.#pusher, stream, ask }, options);
  }

  /**
   * Asks the agent: `describe`, `status`, `read` (`device`), `replay` (`device`, `epoch`, `seq`), `command` (`id`); a hub with
   * `agent` beside them, and `fleet`.
   * @throws DunlinError `timed-out`, or what the agent answers
   */
  async query(
    query: QueryName,
    args: Readonly<Record<string, unknown>> = {},
    options: QueryOptions = {},
  ): Promise<unknown> {
    this.#requester ??= Requester.open(this.endpoints.queries, this.#keys);
    return decodeReply(await this.#requester.request(encode({ ...args, query }), options.timeoutMs));
  }

  close(): void {
    for (const stream of this.#streams) stream.close();
    this.#requester?.close();
    this.#pusher?.close();
  }
}
