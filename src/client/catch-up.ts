import { isAfter, type AgentState, type Cursor } from "../message/index.ts";
import type { DurableTrack } from "./durable-track.ts";

/** What was durable when an agent was first heard of, as far as it is still to come. */
export class CatchUp {
  #targets: Map<DurableTrack, Cursor> | undefined;

  /** A journal that is starting does not say yet what it has. */
  begin(tracks: readonly DurableTrack[], { epoch, durable, journal }: AgentState): void {
    if (this.#targets || journal?.state === "starting") return;
    this.#targets = new Map(tracks.map((track) => [track, { epoch, seq: durable?.[track.device] ?? 0 }]));
  }

  /** All of it is there. */
  isDone(): boolean {
    if (!this.#targets) return false;
    for (const [track, target] of this.#targets) if (isThere(track, target)) this.#targets.delete(track);
    return this.#targets.size === 0;
  }
}

function isThere({ merge, unknown, fromUs }: DurableTrack, target: Cursor): boolean {
  if (unknown || !merge.hasJournal) return true;
  const { position } = merge;
  return position ? !isAfter(target, position) : fromUs === undefined;
}
