import {
  isName,
  type Argument,
  type CommandDescription,
  type CommandDescriptions,
  type Metric,
  type Metrics,
  type Value,
  type Values,
} from "../message/index.ts";
import type { Item } from "./cbor.ts";
import { ITEM_KINDS, readArgument, readCommand, readMetric, type Named } from "./description-items.ts";
import type { LinkValue } from "./messages.ts";
import { fromLink, toLink } from "./values.ts";

/** A command and its place on the link. */
export interface CommandPlace {
  readonly place: number;
  readonly description: CommandDescription;
  /** By their places: the keys of an object, of which some may be numbers, have an order of their own. */
  readonly argumentNames: readonly string[];
}

/** Metrics that a device may have beside the link's own: a component declares 256 at most. */
const MAX_METRICS = 240;

/**
 * What a device says of itself: names, types and units by the places that its messages go by. What cannot be understood
 * leaves its place empty, and is told of in `faults`.
 */
export class SelfDescription {
  readonly faults: string[] = [];
  readonly #metrics: Places<Metric>;
  readonly #commands = new Places<CommandDescription>();
  /** By the command's place. */
  readonly #argumentNames: string[][] = [];

  /**
   * @param items in the order of their numbers
   * @param taken names of metrics that the device may not have
   */
  constructor(items: readonly (readonly Item[])[], taken: readonly string[]) {
    this.#metrics = new Places<Metric>(taken, MAX_METRICS);
    for (const item of items) {
      const fault = this.#add(item);
      if (fault !== undefined) this.faults.push(fault);
    }
  }

  get metrics(): Metrics {
    return this.#metrics.named;
  }

  get commands(): CommandDescriptions {
    return this.#commands.named;
  }

  command(name: string): CommandPlace | undefined {
    const place = this.#commands.placeOf(name);
    const description = this.#commands.at(place)?.is;
    return description && { place, description, argumentNames: this.#argumentNames[place] ?? [] };
  }

  /** @returns the values by name, or undefined if they are not of their metrics' types. A metric that was not understood is left out. */
  values(raw: ReadonlyMap<number, LinkValue>): Values | undefined {
    const values: Record<string, Value> = {};
    for (const [place, one] of raw) {
      if (place >= this.#metrics.size) return undefined;
      const metric = this.#metrics.at(place);
      if (!metric) continue;
      const value = fromLink(one, metric.is.type);
      if (value === undefined) return undefined;
      values[metric.name] = value;
    }
    return values;
  }

  #add(item: readonly Item[]): string | undefined {
    switch (item[0]) {
      case ITEM_KINDS.metric:
        return this.#metrics.add("metric", readMetric(item));
      case ITEM_KINDS.command:
        this.#argumentNames.push([]);
        return this.#commands.add("command", readCommand(item));
      case ITEM_KINDS.argument:
        return this.#addArgument(readArgument(item));
      default:
        return "an item is neither metric nor command nor argument";
    }
  }

  /** A command with an argument that is not understood cannot be called. */
  #addArgument(argument: Named<Argument> | undefined): string | undefined {
    const place = this.#commands.size - 1;
    const command = this.#commands.at(place);
    if (!command) return undefined;
    const known = command.is.arguments;
    const names = this.#argumentNames[place] ?? [];
    const fault = faultIn(argument, names);
    if (argument) names.push(argument.name);
    this.#commands.change(
      place,
      argument && fault === undefined
        ? { ...command.is, arguments: { ...known, [argument.name]: argument.is } }
        : undefined,
    );
    return fault === undefined ? undefined : `an argument of command ${command.name} ${fault}`;
  }
}

/** @returns arguments by their places, or the name of one that cannot go over the link */
export function placeArguments(
  { description, argumentNames }: CommandPlace,
  args: Values,
): ReadonlyMap<number, LinkValue> | string {
  const placed = new Map<number, LinkValue>();
  for (const [name, value] of Object.entries(args)) {
    const place = argumentNames.indexOf(name);
    const type = description.arguments[name]?.type;
    const raw = place < 0 || type === undefined ? undefined : toLink(value, type);
    if (raw === undefined) return name;
    placed.set(place, raw);
  }
  return placed;
}

/** Names by their places, some of which may be empty. */
class Places<T> {
  readonly #slots: (Named<T> | undefined)[] = [];
  readonly #taken: readonly string[];
  readonly #most: number;

  constructor(taken: readonly string[] = [], most = Infinity) {
    this.#taken = taken;
    this.#most = most;
  }

  get size(): number {
    return this.#slots.length;
  }

  get named(): Readonly<Record<string, T>> {
    return Object.fromEntries(this.#slots.flatMap((slot) => (slot ? [[slot.name, slot.is]] : [])));
  }

  at(place: number): Named<T> | undefined {
    return this.#slots[place];
  }

  placeOf(name: string): number {
    return this.#slots.findIndex((slot) => slot?.name === name);
  }

  /** @returns what is wrong with it */
  add(what: string, one: Named<T> | undefined): string | undefined {
    const taken = [...this.#taken, ...this.#slots.flatMap((slot) => (slot ? [slot.name] : []))];
    const fault = this.size >= this.#most ? "is one too many" : faultIn(one, taken);
    this.#slots.push(fault === undefined ? one : undefined);
    return fault === undefined ? undefined : `${what} ${this.size - 1} ${fault}`;
  }

  /** @param is undefined: the place is empty from now on */
  change(place: number, is: T | undefined): void {
    const slot = this.#slots[place];
    this.#slots[place] = slot && is !== undefined ? { name: slot.name, is } : undefined;
  }
}

function faultIn(one: Named<unknown> | undefined, taken: readonly string[]): string | undefined {
  if (!one) return "cannot be read";
  if (!isName(one.name)) return `has a name that is none: ${JSON.stringify(one.name)}`;
  return taken.includes(one.name) ? `has a name that is taken: ${one.name}` : undefined;
}
