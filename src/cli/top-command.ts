import { emitKeypressEvents, type Key } from "node:readline";
import { styleText } from "node:util";
import { DunlinError } from "../base/index.ts";
import type { Client, LinkState } from "../client/index.ts";
import { fieldsOf } from "../message/index.ts";
import {
  agentLines,
  AgentWatch,
  Frame,
  hubLines,
  HubWatch,
  paint,
  plain,
  Screen,
  type Line,
  type Style,
} from "../top/index.ts";
import { openClient, type ClientOptions } from "./client-options.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { terminal } from "./terminal.ts";

export interface TopCommandOptions extends ClientOptions {
  readonly once?: boolean;
  readonly seconds: number;
}

/** How often the screen is drawn, and how often the agent is asked, ms. */
const DRAW_MS = 250;
const ASK_MS = 1_000;
const ASK_LIMIT_MS = 3_000;
/** Members of a hub change slowly, and are many. */
const FLEET_MS = 5_000;
/** Of a frame for which there is no terminal. */
const ONCE_COLUMNS = 100;

const LOOKS: Readonly<Record<Style, Parameters<typeof styleText>[0]>> = {
  title: "bold",
  good: "green",
  warn: "yellow",
  bad: ["red", "bold"],
  dim: "dim",
  graph: "cyan",
  bar: "inverse",
};
const KEYS = " q quit  ↑↓ scroll  m metrics  / filter  space pause";

export async function topCommand(options: TopCommandOptions): Promise<ExitCode> {
  if (!options.once && !(process.stdout.isTTY && process.stdin.isTTY))
    throw new DunlinError(
      "usage",
      "top needs a terminal: take --once for one frame, or dunlin sub and dunlin query",
    );
  const client = openClient(options);
  try {
    const top = new Top(client, await isHub(client));
    return await (options.once ? top.once(options.seconds) : top.run());
  } finally {
    client.close();
  }
}

/** Whoever does not answer yet is taken for an agent. */
async function isHub(client: Client): Promise<boolean> {
  const status = await client.query("status", {}, { timeoutMs: ASK_LIMIT_MS }).catch(() => undefined);
  return typeof fieldsOf(status)["hub"] === "string" && fieldsOf(status)["agents"] !== undefined;
}

class Top {
  readonly #client: Client;
  readonly #watch: AgentWatch | HubWatch;
  readonly #frame = new Frame();
  readonly #timers: NodeJS.Timeout[] = [];
  #metrics = true;
  #paused = false;
  /** The filter that is being typed. */
  #typing = false;
  #filter = "";

  constructor(client: Client, hub: boolean) {
    this.#client = client;
    const watch = hub ? new HubWatch(performance.now()) : new AgentWatch(performance.now());
    this.#watch = watch;
    const onLink = (state: LinkState): void => watch.link(state, performance.now());
    const stream = client.subscribe(["telemetry/", "state/", "command/"], { onLink, capacity: 10_000 });
    void (async () => {
      for await (const message of stream) watch.take(message, performance.now());
    })();
    this.#every(ASK_MS, () => this.#ask());
    if (this.#watch instanceof HubWatch) this.#every(FLEET_MS, () => this.#askFleet());
  }

  /** One frame, after so many seconds. */
  async once(seconds: number): Promise<ExitCode> {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    this.#close();
    for (const line of this.#lines(process.stdout.columns || ONCE_COLUMNS, undefined))
      terminal.print(plain(line));
    return this.#watch.linked.state === "live" ? EXIT.ok : EXIT.unreachable;
  }

  /** Until it is ended, by a key or a signal; the terminal is as before, however it ends. */
  async run(): Promise<ExitCode> {
    const screen = new Screen(process.stdout);
    const restore = (): void => {
      screen.close();
      process.stdin.setRawMode(false);
    };
    process.on("exit", restore);
    const ended = Promise.withResolvers<void>();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.once(signal, () => ended.resolve());
    emitKeypressEvents(process.stdin);
    process.stdin.setRawMode(true);
    process.stdin.on("keypress", (text: string | undefined, key: Key) => {
      if (this.#key(text ?? "", key)) ended.resolve();
      else this.#draw(screen);
    });
    process.stdout.on("resize", () => {
      screen.clear();
      this.#draw(screen);
    });
    this.#every(DRAW_MS, () => {
      if (!this.#paused) this.#draw(screen);
    });
    await ended.promise;
    this.#close();
    restore();
    process.off("exit", restore);
    process.stdin.pause();
    return EXIT.ok;
  }

  #draw(screen: Screen): void {
    const { columns, rows } = process.stdout;
    const painter = (style: Style, text: string): string =>
      styleText(LOOKS[style], text, { stream: process.stdout });
    screen.draw(this.#lines(columns, rows).map((line) => paint(line, painter)));
  }

  /** @param rows undefined: as many as there are lines */
  #lines(columns: number, rows: number | undefined): Line[] {
    const options = {
      columns,
      rows: rows ?? Infinity,
      nowMs: performance.now(),
      metrics: this.#metrics,
      filter: this.#filter,
    };
    const view =
      this.#watch instanceof HubWatch ? hubLines(this.#watch, options) : agentLines(this.#watch, options);
    if (rows === undefined) return [...view.head, ...view.body, ...view.foot];
    return this.#frame.lay({ ...view, foot: [...view.foot, this.#keyLine()] }, columns, rows);
  }

  #keyLine(): Line {
    const filter = this.#typing || this.#filter !== "" ? `  /${this.#filter}${this.#typing ? "▏" : ""}` : "";
    return [
      { text: KEYS, style: "dim" },
      { text: filter, style: "title" },
      ...(this.#paused ? [{ text: "  paused", style: "warn" as const }] : []),
    ];
  }

  /** @returns whether it is to end */
  #key(text: string, { name, ctrl }: Key): boolean {
    if (ctrl && name === "c") return true;
    if (this.#typing) this.#type(text, name);
    else if (name === "q") return true;
    else if (text === "/") [this.#typing, this.#filter] = [true, ""];
    else if (name === "m") this.#metrics = !this.#metrics;
    else if (name === "space") this.#paused = !this.#paused;
    else if (name === "escape") this.#filter = "";
    else this.#scroll(name ?? "");
    return false;
  }

  #type(text: string, name: string | undefined): void {
    if (name === "escape") [this.#typing, this.#filter] = [false, ""];
    else if (name === "return" || name === "enter") this.#typing = false;
    else if (name === "backspace") this.#filter = this.#filter.slice(0, -1);
    else if (/^[\w.-]$/.test(text)) this.#filter += text;
  }

  #scroll(name: string): void {
    const by = {
      down: 1,
      j: 1,
      up: -1,
      k: -1,
      pagedown: "page-down",
      pageup: "page-up",
      home: "start",
      end: "end",
    } as const;
    if (Object.hasOwn(by, name)) this.#frame.scroll(by[name as keyof typeof by]);
  }

  async #ask(): Promise<void> {
    const status = await this.#client.query("status", {}, { timeoutMs: ASK_LIMIT_MS });
    this.#watch.status(status, performance.now());
  }

  async #askFleet(): Promise<void> {
    if (this.#watch instanceof HubWatch) this.#watch.members = await Array.fromAsync(this.#client.fleet());
  }

  /** Again so long after it has ended. What fails shows in what is not renewed. */
  #every(ms: number, work: () => void | Promise<void>): void {
    const at = this.#timers.length;
    const turn = async (): Promise<void> => {
      await Promise.resolve()
        .then(work)
        .catch(() => {});
      if (this.#timers[at]) this.#timers[at] = setTimeout(() => void turn(), ms);
    };
    this.#timers.push(setTimeout(() => void turn(), 0));
  }

  #close(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }
}
