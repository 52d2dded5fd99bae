import { asDunlinError, backoffMs, type BackoffLimits, type DunlinError } from "../base/index.ts";
import { MAX_REPLAY_READINGS, replayAnswerOf, type ReplayAnswer } from "../message/index.ts";
import type { DurableTrack } from "./durable-track.ts";

/** What replays are made with. */
export interface ReplayPorts {
  query(args: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Readings for which there is room now: at 0 nothing is asked. */
  room(): number;
  take(track: DurableTrack, answer: ReplayAnswer): void;
  /** @returns whether to ask again later */
  failed(track: DurableTrack, error: DunlinError): boolean;
}

/** Queries under way at once over all streams: one is decoded while the agent makes the other; more would only fill its queue. */
const UNDER_WAY = 2;

/** An agent whose journal is starting or busy is asked again soon; one that is gone, not often. */
const RETRY: BackoffLimits = { firstMs: 250, maxMs: 4_000 };

/** Asks for what streams lack: in turn, a few at once, only as far as there is room, and later again if it fails. */
export class Replays {
  readonly #ports: ReplayPorts;
  /** In the order of their turns. */
  readonly #wanting = new Set<DurableTrack>();
  readonly #underWay = new Map<DurableTrack, symbol>();
  readonly #later = new Map<DurableTrack, NodeJS.Timeout>();
  #closed = false;

  constructor(ports: ReplayPorts) {
    this.#ports = ports;
  }

  /** The stream may need a replay. */
  want(track: DurableTrack): void {
    if (this.#closed || !track.merge.needsReplay) return;
    if (this.#underWay.has(track) || this.#later.has(track)) return;
    this.#wanting.add(track);
    this.pump();
  }

  /** There may be room again. */
  pump(): void {
    for (const track of this.#wanting) {
      const room = this.#ports.room();
      if (this.#underWay.size >= UNDER_WAY || room <= 0) return;
      this.#wanting.delete(track);
      if (track.merge.needsReplay) void this.#ask(track, Math.min(room, MAX_REPLAY_READINGS));
    }
  }

  /** The agent has started again: what was asked of the one before is never answered. */
  restarted(agent: string): void {
    for (const track of [...this.#underWay.keys(), ...this.#later.keys()]) {
      if (track.agent !== agent) continue;
      this.#forget(track);
      this.want(track);
    }
  }

  close(): void {
    this.#closed = true;
    this.#wanting.clear();
    for (const track of [...this.#underWay.keys(), ...this.#later.keys()]) this.#forget(track);
  }

  async #ask(track: DurableTrack, limit: number): Promise<void> {
    const asking = Symbol(track.key);
    this.#underWay.set(track, asking);
    const { agent, device, fromUs, merge } = track;
    const start = merge.ask() ?? { from: fromUs };
    let outcome: ReplayAnswer | DunlinError;
    try {
      outcome = replayAnswerOf(await this.#ports.query({ agent, device, ...start, limit }));
    } catch (cause) {
      outcome = asDunlinError(cause);
    }
    if (this.#underWay.get(track) !== asking) return;
    this.#underWay.delete(track);
    this.#conclude(track, outcome);
    this.pump();
  }

  #conclude(track: DurableTrack, outcome: ReplayAnswer | DunlinError): void {
    if (outcome instanceof Error) {
      if (this.#ports.failed(track, outcome)) this.#wantLater(track);
      return;
    }
    const { position } = track.merge;
    this.#ports.take(track, outcome);
    const now = track.merge.position;
    if (now && position?.epoch === now.epoch && position.seq === now.seq) {
      // The agent knows of more than its journal gives: not to be asked without a pause.
      if (track.merge.needsReplay) this.#wantLater(track);
      return;
    }
    track.attempt = 0;
    this.want(track);
  }

  #wantLater(track: DurableTrack): void {
    if (this.#closed) return;
    const retry = (): void => {
      this.#later.delete(track);
      this.want(track);
    };
    this.#later.set(track, setTimeout(retry, backoffMs(track.attempt++, RETRY)));
  }

  #forget(track: DurableTrack): void {
    this.#underWay.delete(track);
    clearTimeout(this.#later.get(track));
    this.#later.delete(track);
  }
}
