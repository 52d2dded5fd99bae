import { splitManyTarget } from "../message/index.ts";
import { chosenBy } from "./choice.ts";
import type { CommandBook } from "./command-book.ts";
import type { FleetCommand } from "./fleet-command.ts";
import type { Registry } from "./registry.ts";

export interface Dealt {
  readonly one: FleetCommand;
  readonly agent: string;
}

/** Work for one of many, dealt in the order in which it came to agents that are free: there, and without such work. */
export class AnyQueue {
  readonly #book: CommandBook;
  readonly #registry: Registry;
  /** Number of the deal in which each agent last got work: whoever has waited longest is next. */
  readonly #turns = new Map<string, number>();
  #turn = 0;

  constructor(book: CommandBook, registry: Registry) {
    this.#book = book;
    this.#registry = registry;
  }

  /** What is dealt now; each is to be given before the next is asked for. @param nowMs ms since 1970 */
  *deal(nowMs: number): Generator<Dealt> {
    /** Free agents by selector: of a thousand commands most have the same. */
    const free = new Map<string, string[]>();
    const taken = new Set<string>();
    for (const one of this.#book.open()) {
      if (!one.isAny || one.released > 0 || one.phase !== "running" || !one.isNoted) continue;
      const key = `${one.isSigned}${one.command.target}`;
      const agents = free.get(key) ?? this.#free(one);
      free.set(key, agents);
      const agent = agents.find((name) => !taken.has(name));
      if (agent === undefined || !mayGo(one, nowMs)) continue;
      taken.add(agent);
      this.#turns.set(agent, ++this.#turn);
      yield { one, agent };
    }
  }

  #free(one: FleetCommand): string[] {
    const { selector = "" } = splitManyTarget(one.command.target) ?? {};
    const isFree = (agent: string): boolean => !this.#book.openOf(agent).some(({ isAny }) => isAny);
    return chosenBy(selector, one.isSigned, this.#registry)
      .filter(({ online, name }) => online && isFree(name))
      .map(({ name }) => name)
      .sort((a, b) => (this.#turns.get(a) ?? 0) - (this.#turns.get(b) ?? 0));
  }
}

/** In its window. */
function mayGo(one: FleetCommand, nowMs: number): boolean {
  const step = one.rollout.next({ waiting: 1, ready: 1, released: 0, underWay: 0, outcomes: [] }, nowMs);
  return step.type === "release" && step.count > 0;
}
