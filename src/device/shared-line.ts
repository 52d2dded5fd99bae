import { DunlinError } from "../base/index.ts";
import type { Exchange, Line, LineHandlers } from "./line.ts";

/** Most exchanges that wait on one line: each device has one under way, and now and then a command. */
const MAX_WAITING = 1_000;

interface Turn extends Exchange {
  readonly owner: Member;
}

/**
 * One line that several devices take turns on, as on RS-485: who has the turn writes its request and gets every byte that comes
 * until it lets go or its time is up. Each device sees a line of its own.
 *
 *   idle ──take──► written ──release, or time is up──► gap ──► idle
 */
export class SharedLine {
  readonly #open: (handlers: LineHandlers) => Line;
  readonly #members = new Set<Member>();
  readonly #waiting: Turn[] = [];
  #line: Line | undefined;
  #isUp = false;
  #turn: Turn | undefined;
  #timer: NodeJS.Timeout | undefined;
  #strayBytes = 0;

  /** @param open the line itself, which comes back by itself */
  constructor(open: (handlers: LineHandlers) => Line) {
    this.#open = open;
  }

  /** Bytes that came while nobody had the turn. */
  get strayBytes(): number {
    return this.#strayBytes;
  }

  /** Nobody is in it any more. */
  get isLeft(): boolean {
    return this.#members.size === 0;
  }

  /** A line as one device sees it. The first opens the real one, and the last to close closes it. */
  join(handlers: LineHandlers): Line {
    const member = new Member(handlers, this);
    this.#members.add(member);
    if (!this.#line)
      this.#line = this.#open({
        onChunk: (chunk) => this.#receive(chunk),
        onOpen: () => this.#up(),
        onDown: (error) => this.#down(error),
      });
    else if (this.#isUp) queueMicrotask(() => member.isIn && handlers.onOpen());
    return member;
  }

  /** One that would wait too long ends as if it had got no answer. */
  take(owner: Member, exchange: Exchange): void {
    if (this.#waiting.length >= MAX_WAITING) return queueMicrotask(() => exchange.onEnd());
    const turn = { ...exchange, owner };
    if (exchange.urgent) this.#waiting.unshift(turn);
    else this.#waiting.push(turn);
    this.#next();
  }

  release(owner: Member): void {
    if (this.#turn?.owner === owner) this.#endTurn();
  }

  async leave(member: Member): Promise<void> {
    this.#members.delete(member);
    this.#forget((turn) => turn.owner === member);
    if (this.#turn?.owner === member) this.#endTurn();
    if (this.#members.size > 0) return;
    const line = this.#line;
    this.#line = undefined;
    this.#isUp = false;
    this.#stopTurn();
    await line?.close();
  }

  write(bytes: Uint8Array): Promise<void> {
    return (
      this.#line?.write(bytes) ?? Promise.reject(new DunlinError("port-missing", "the port is not open"))
    );
  }

  #up(): void {
    this.#isUp = true;
    for (const { handlers } of this.#members) handlers.onOpen();
  }

  /** What waited was meant for sessions that are gone. */
  #down(error: DunlinError): void {
    this.#isUp = false;
    this.#forget(() => true);
    this.#stopTurn();
    for (const { handlers } of this.#members) handlers.onDown(error);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#turn) this.#turn.owner.handlers.onChunk(chunk);
    else this.#strayBytes += chunk.length;
  }

  #next(): void {
    if (this.#turn || this.#timer || !this.#isUp) return;
    const turn = this.#waiting.shift();
    if (!turn) return;
    this.#turn = turn;
    this.write(turn.bytes).then(
      () => this.#await(turn),
      () => this.#await(turn),
    );
  }

  /** The time for an answer counts from when the system has the request. */
  #await(turn: Turn): void {
    if (this.#turn !== turn) return;
    this.#timer = setTimeout(() => {
      this.#endTurn();
      turn.onEnd();
    }, turn.limitMs);
  }

  #endTurn(): void {
    const gapMs = this.#turn?.gapMs ?? 0;
    this.#stopTurn();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#next();
    }, gapMs);
  }

  #stopTurn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#turn = undefined;
  }

  #forget(which: (turn: Turn) => boolean): void {
    const kept = this.#waiting.filter((turn) => !which(turn));
    this.#waiting.splice(0, Infinity, ...kept);
  }
}

/** One device's end of a shared line. */
class Member implements Line {
  readonly handlers: LineHandlers;
  readonly #line: SharedLine;
  isIn = true;

  constructor(handlers: LineHandlers, line: SharedLine) {
    this.handlers = handlers;
    this.#line = line;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#line.write(bytes);
  }

  exchange(exchange: Exchange): void {
    this.#line.take(this, exchange);
  }

  release(): void {
    this.#line.release(this);
  }

  close(): Promise<void> {
    this.isIn = false;
    return this.#line.leave(this);
  }
}
