import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Pair } from "zeromq";
import { decodeMap, encode, encodeReading, type Values } from "../../src/message/index.ts";
import type { TestAgent } from "./agent.ts";
import { PYTHON, start } from "./program.ts";

export interface Said {
  readonly verb: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** A component made of nothing but a PAIR socket, so that a test can say what no decent one would. */
export class RawComponent {
  readonly heard: Said[] = [];
  readonly #socket = new Pair({ linger: 0 });
  readonly #waiting = new Set<() => void>();
  readonly #beat: NodeJS.Timeout;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(agent: TestAgent, component: string) {
    this.#socket.connect(`ipc://${join(agent.folder, "run", `${component}.sock`)}`);
    this.#beat = setInterval(() => this.say("heartbeat", {}), 250);
    void this.#receive();
  }

  /**
   * Comes as the protocol asks of a component: a hello that is not answered is said again on a new socket.
   * @param patienceMs short, so that tests are
   */
  static async attach(agent: TestAgent, component: string, devices: unknown, patienceMs = 250) {
    for (let sockets = 1; ; sockets++) {
      const raw = new RawComponent(agent, component);
      const answer = raw.hello({ protocol: 1, component, devices });
      const said = await Promise.race([answer, delay(patienceMs, undefined)]);
      if (said) return { raw, said, sockets };
      answer.catch(() => {});
      raw.close();
    }
  }

  /** Frames as they are; one message after the other. */
  send(...frames: (Buffer | string)[]): Promise<unknown> {
    return (this.#last = this.#last.then(() => this.#socket.send(frames)).catch(() => {}));
  }

  say(verb: string, message: unknown): void {
    void this.send(verb, encode(message));
  }

  reading(device: string, epoch: number, seq: number, values: Values = { value: seq }): void {
    const body = encodeReading({ epoch, seq, time: 1_790_000_000_000_000, clock: "synced", values });
    void this.send(`telemetry/pi/${device}/`, body);
  }

  /** Says hello and waits for what the agent says to that. */
  async hello(hello: unknown): Promise<Said> {
    const from = this.heard.length;
    this.say("hello", hello);
    return this.next((said) => said.verb === "welcome" || said.verb === "refused", from);
  }

  /** The first thing heard, past (from `from` on) or to come, that fits. Until the test's own time limit. */
  async next(fits: (said: Said) => boolean, from = 0): Promise<Said> {
    for (;;) {
      const said = this.heard.slice(from).find(fits);
      if (said) return said;
      if (this.#closed) throw new Error("closed while something was waited for");
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#beat);
    this.#socket.close();
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  async #receive(): Promise<void> {
    while (!this.#closed) {
      const frames = await this.#socket.receive().catch(() => undefined);
      if (!frames) return;
      const [verb, body] = frames;
      this.heard.push({ verb: String(verb), message: decodeMap(body ?? Buffer.alloc(0)) });
      this.#wake();
    }
  }
}

const EXAMPLES = join(import.meta.dirname, "../../docs/examples");

/** The example of docs/, as a user starts it. */
export function startExample(agent: TestAgent, language: "python" | "node" = "python") {
  const endpoint = `ipc://${join(agent.folder, "run", "weather.sock")}`;
  const program = { python: [PYTHON, "component.py"], node: [process.execPath, "component.mjs"] }[language];
  return start(program[0] ?? "", [join(EXAMPLES, program[1] ?? ""), endpoint]);
}
