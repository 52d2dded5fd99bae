import { asDunlinError, DunlinError } from "../base/index.ts";
import type { KeptRecord } from "../ipc/index.ts";
import {
  commandTopic,
  decodeEnvelope,
  decodeReply,
  encode,
  splitTarget,
  type Command,
  type Envelope,
} from "../message/index.ts";
import { AnyQueue } from "./any-queue.ts";
import { agentsOf } from "./choice.ts";
import { CommandBook, runKey } from "./command-book.ts";
import { CommandNews } from "./command-news.ts";
import type { FleetCommandPorts } from "./fleet-command-ports.ts";
import { FleetCommand, isEnded, type Run, type Stop } from "./fleet-command.ts";
import { hubCommand } from "./hub-commands.ts";
import { runReport } from "./run-report.ts";

/** What an agent has not said anything of is sent again after this long, µs; what it has, after so long without an end. */
const RESEND_US = 3_000_000;
const REMIND_US = 30_000_000;
/** So long after the deadline an agent that was sent a command has taken it or never will, µs: its disk is given 10 s. */
const TAKEN_US = 15_000_000;
/** An agent that does not come back to say what became of a command has this long after its deadline, µs: a day. */
const LOST_AFTER_US = 86_400_000_000;

/**
 * Commands to agents, one or many: noted before anything is sent, sent until each agent has said what became of it, and told
 * of as they go on. An agent runs an id once, however often it gets it. Only an agent that is there is let go; so what waits has certainly
 * not been got, and can be called off.
 *
 *   receive ─noted─► waiting ─noted─► sent ─► accepted ─► running ─► ended ─noted─► told
 *                       └ the deadline, an abort: expired, cancelled
 */
export class FleetCommands {
  readonly #ports: FleetCommandPorts;
  readonly #book: CommandBook;
  readonly #news: CommandNews;
  readonly #any: AnyQueue;
  /** When runs that may be sent were sent last, µs; that they may be is on the disk. */
  readonly #sentUs = new Map<string, number>();

  constructor(ports: FleetCommandPorts) {
    this.#ports = ports;
    this.#book = new CommandBook((record, done) => ports.keep(record, done));
    this.#news = new CommandNews(ports.hub, (frames) => ports.publish(frames));
    this.#any = new AnyQueue(this.#book, ports.registry);
  }

  /** Records from the disk: all commands before any run. */
  load(record: KeptRecord): void {
    this.#book.load(record);
  }

  /** All records have been loaded. */
  loaded(): void {
    this.#book.loaded();
    for (const one of this.#book.open())
      for (const agent of one.underWay()) this.#sentUs.set(runKey(one, agent), 0);
  }

  /** A message from PULL, of which nothing is trusted. */
  receive(body: Buffer): void {
    let envelope: Envelope;
    try {
      envelope = decodeEnvelope(body);
    } catch (cause) {
      return this.#ports.onFault(asDunlinError(cause));
    }
    const { command } = envelope;
    const known = this.#book.get(command.id);
    if (known) return known.isNoted ? this.#news.tell(known) : undefined;
    try {
      const refused = this.#ports.gate(envelope);
      if (refused) throw refused;
      this.#begin(envelope, Buffer.from(body));
    } catch (cause) {
      const error = asDunlinError(cause);
      this.#ports.onFault(error);
      this.#turnAway(command, error);
    }
  }

  /** What an agent says of a command, whoever gave it. @throws DunlinError `message-invalid` */
  progress(agent: string, body: Buffer): void {
    const { id, run } = runReport(agent, body, this.#ports.nowUs());
    const one = this.#book.get(id);
    const pass = (): void => this.#ports.publish([Buffer.from(commandTopic(agent, id)), body]);
    if (!one?.runs.has(agent)) return pass();
    if (!this.#set(one, run)) return;
    if (isEnded(run.state)) this.#ended(one, run, pass);
    else pass();
  }

  /** The agent is there: what it has not ended is sent to it, again or for the first time. */
  linkUp(agent: string): void {
    for (const one of this.#book.openOf(agent)) {
      if (one.runs.get(agent)?.state === "waiting") this.#advance(one);
      else if (this.#sentUs.has(runKey(one, agent))) this.#send(one, agent);
    }
    this.#dealOut();
  }

  /** It is no longer one of the fleet. */
  forget(agent: string): void {
    const time = this.#ports.nowUs();
    for (const one of this.#book.openOf(agent)) {
      const isWaiting = one.runs.get(agent)?.state === "waiting";
      const reason = `the hub was told to forget the agent${isWaiting ? "" : ": nobody knows what became of it"}`;
      const how = isWaiting
        ? ({ state: "cancelled", code: "cancelled" } as const)
        : ({ state: "failed", code: "interrupted" } as const);
      this.#conclude(one, { agent, time, reason, ...how });
    }
  }

  /** To be called about once a second: roll-outs go on, and what takes too long ends. */
  sweep(): void {
    const nowUs = this.#ports.nowUs();
    for (const one of this.#book.open()) {
      if (nowUs > one.deadlineUs) this.#expire(one, nowUs);
      this.#advance(one);
      this.#remind(one, nowUs);
    }
    this.#dealOut();
    this.#news.flush();
  }

  get(id: string): FleetCommand | undefined {
    return this.#book.get(id);
  }

  /** The newest first. */
  list(): FleetCommand[] {
    return this.#book.newestFirst();
  }

  /** How many commands are open, and of how many agents they have ended how. */
  status(): Record<string, unknown> {
    return this.#book.counts;
  }

  /** For new subscribers of single commands, at an agent or at the hub. */
  repeat(prefixes: readonly string[]): void {
    for (const prefix of prefixes) {
      const [kind, agent = "", id = ""] = prefix.split("/");
      if (kind === "command") this.#repeat(agent, id);
    }
  }

  #repeat(agent: string, id: string): void {
    const one = this.#book.get(id);
    const run = one?.runs.get(agent);
    if (!one?.isNoted) return;
    if (run) this.#news.tellRun(one, run);
    else if (agent === this.#ports.hub) this.#news.tell(one);
  }

  /** @throws DunlinError why it is turned away */
  #begin({ command, signature }: Envelope, envelope: Buffer): void {
    const { hub, registry } = this.#ports;
    const isOwn = command.target === hub;
    if (isOwn) this.#ownWork(command);
    const isSigned = signature !== undefined;
    const agents = isOwn ? [hub] : agentsOf(command, isSigned, registry);
    const nowUs = this.#ports.nowUs();
    const leftUs = this.#leftUs(command);
    if (leftUs <= 0) throw new DunlinError("expired", "its deadline had passed when it came");
    const one = new FleetCommand(command, envelope, isSigned, agents, nowUs, nowUs + leftUs);
    this.#book.add(one, () => {
      this.#news.tell(one);
      this.#advance(one);
      this.#dealOut();
    });
  }

  /** By a clock that nobody has set no date means anything: the command's own span counts. */
  #leftUs({ issued, expires }: Command): number {
    return expires - (this.#ports.clock() === "synced" ? this.#ports.hostUs() : issued);
  }

  /** Lets go whoever may go now, and ends what is over. */
  #advance(one: FleetCommand): void {
    if (one.isOver || !one.isNoted) return;
    if (one.command.target === this.#ports.hub) return this.#runOwn(one);
    if (this.#cancelsHere(one)) return;
    if (one.phase === "running" && !one.isAny) this.#release(one);
    if (one.isDone) this.#end(one);
  }

  #release(one: FleetCommand): void {
    const ready = one.waiting().filter((agent) => this.#ports.registry.get(agent)?.online === true);
    const step = one.rollout.next(one.progress(ready.length), this.#ports.nowUs() / 1_000);
    if (step.type === "abort") return this.#stop(one, "aborted", step.reason);
    if (step.count > 0) this.#letGo(one, ready.slice(0, step.count));
  }

  /** Work for one of many goes to who is free. */
  #dealOut(): void {
    for (const { one, agent } of this.#any.deal(this.#ports.nowUs() / 1_000)) {
      one.deal(agent, this.#ports.nowUs());
      this.#book.index(one, agent);
      this.#noteThenSend(one, [agent]);
    }
  }

  #letGo(one: FleetCommand, agents: readonly string[]): void {
    one.release(agents, this.#ports.nowUs());
    this.#noteThenSend(one, agents);
  }

  /** Whoever may have it must not be told of later as not having got it. */
  #noteThenSend(one: FleetCommand, agents: readonly string[]): void {
    this.#news.changed(one);
    this.#book.note(one, () => {
      for (const agent of agents) {
        if (isEnded(one.runs.get(agent)?.state ?? "expired")) continue;
        this.#sentUs.set(runKey(one, agent), 0);
        this.#send(one, agent);
      }
    });
  }

  /** Not after the deadline: an agent whose clock is not set would run it. */
  #send(one: FleetCommand, agent: string): void {
    const nowUs = this.#ports.nowUs();
    if (nowUs > one.deadlineUs) return;
    if (this.#ports.send(agent, one.envelope)) this.#sentUs.set(runKey(one, agent), nowUs);
  }

  /** Of what was sent the agent is to say what became of it. */
  #remind(one: FleetCommand, nowUs: number): void {
    for (const agent of one.underWay()) {
      const sentUs = this.#sentUs.get(runKey(one, agent));
      const patienceUs = one.runs.get(agent)?.state === "sent" ? RESEND_US : REMIND_US;
      if (sentUs === undefined || nowUs - sentUs <= patienceUs) continue;
      if (nowUs <= one.deadlineUs) this.#send(one, agent);
      else if (nowUs > one.deadlineUs + TAKEN_US) void this.#ask(one, agent);
    }
  }

  async #ask(one: FleetCommand, agent: string): Promise<void> {
    const reply = this.#ports.ask(agent, { query: "command", id: one.id });
    if (!reply) return;
    this.#sentUs.set(runKey(one, agent), this.#ports.nowUs());
    try {
      this.progress(agent, encode(decodeReply(await reply)));
    } catch (cause) {
      if (asDunlinError(cause).code === "not-found") this.#unknownAt(one, agent);
    }
  }

  /** Its deadline has passed, and its agent knows nothing of it. */
  #unknownAt(one: FleetCommand, agent: string): void {
    const run = one.runs.get(agent);
    const time = this.#ports.nowUs();
    const how =
      run?.state === "sent"
        ? ({
            state: "expired",
            code: "expired",
            reason: "its deadline passed before the agent got it",
          } as const)
        : ({ state: "failed", code: "interrupted", reason: "the agent does not know it any more" } as const);
    this.#conclude(one, { agent, time, ...how });
  }

  #expire(one: FleetCommand, nowUs: number): void {
    if (one.phase === "running" || one.phase === "paused")
      this.#stop(one, "expired", "its deadline passed before it was the agent's turn, or the agent there");
    if (nowUs <= one.deadlineUs + LOST_AFTER_US) return;
    const reason = "the agent has not come back to say what became of it";
    for (const agent of one.underWay())
      this.#conclude(one, { agent, state: "failed", time: nowUs, code: "timed-out", reason });
  }

  /** No further agent gets it; those that have it go on. */
  #stop(one: FleetCommand, kind: Stop["kind"], reason: string): void {
    const runs = one.stop({ kind, reason, time: this.#ports.nowUs() });
    for (const run of runs) this.#book.close(one, run);
    this.#news.changed(one);
    this.#book.note(one, () => {
      for (const run of runs) this.#news.tellRun(one, run);
    });
    if (one.isDone) this.#end(one);
  }

  #conclude(one: FleetCommand, run: Run): void {
    if (this.#set(one, run)) this.#ended(one, run, () => this.#news.tellRun(one, run));
  }

  #set(one: FleetCommand, run: Run): boolean {
    const hasChanged = one.set(run, this.#ports.nowUs());
    if (hasChanged) this.#news.changed(one);
    return hasChanged;
  }

  #ended(one: FleetCommand, run: Run, tell: () => void): void {
    this.#sentUs.delete(runKey(one, run.agent));
    this.#book.noteRun(one, run, tell);
    if (one.isDone) this.#end(one);
    else this.#advance(one);
    if (one.isAny) this.#dealOut();
  }

  #end(one: FleetCommand): void {
    if (one.isOver) return;
    one.end(this.#ports.nowUs());
    this.#book.note(one, () => {
      if (one.isMany) this.#news.tell(one);
    });
  }

  /** Each of the hub's own may be run twice, and is if the hub ended in between. What it changes is noted before its end is. */
  #runOwn(one: FleetCommand): void {
    const { hub: agent } = this.#ports;
    const time = this.#ports.nowUs();
    try {
      this.#ownWork(one.command)();
      this.#conclude(one, { agent, state: "succeeded", time });
    } catch (cause) {
      const { code, message: reason } = asDunlinError(cause);
      this.#conclude(one, { agent, state: "failed", time, code, reason });
    }
  }

  /** @throws DunlinError `command-unknown` */
  #ownWork({ name, args }: Command): () => void {
    return hubCommand(name, args, {
      get: (id) => this.#book.get(id),
      cancel: (one) => this.#stop(one, "cancelled", "it was called off"),
      pause: (one, isPaused) => {
        one.pause(isPaused);
        this.#news.changed(one);
        this.#book.note(one);
        this.#advance(one);
      },
      own: (args) => this.#ports.own(args),
    });
  }

  /** An agent that is away is told to call off what it has not got: that is done here. */
  #cancelsHere(one: FleetCommand): boolean {
    const { name, target, args } = one.command;
    const { agent = "", device } = splitTarget(target) ?? {};
    const other =
      name === "cancel-command" && device === undefined ? this.#book.get(String(args["id"])) : undefined;
    if (other?.runs.get(agent)?.state !== "waiting" || other === one) return false;
    const time = this.#ports.nowUs();
    this.#conclude(other, {
      agent,
      state: "cancelled",
      time,
      code: "cancelled",
      reason: "it was called off",
    });
    this.#conclude(one, { agent, state: "succeeded", time });
    return true;
  }

  /** It is told, and not noted. */
  #turnAway(command: Command, { code, message: reason }: DunlinError): void {
    const state = code === "expired" ? "expired" : "rejected";
    this.#news.tellOf(command, { state, time: this.#ports.nowUs(), code, reason });
  }
}
