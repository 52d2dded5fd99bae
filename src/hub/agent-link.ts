import { DunlinError } from "../base/index.ts";
import {
  encodeError,
  encodeFromHub,
  PROTOCOL_VERSION,
  type FromAgent,
  type FromHub,
} from "../message/index.ts";

/** How long an agent may take to answer a query, ms. */
const ANSWER_LIMIT_MS = 15_000;

interface Asking {
  readonly resolve: (reply: Buffer) => void;
  readonly timer: NodeJS.Timeout;
}

/** The connection of an agent that has proved who it is. */
export class AgentLink {
  readonly agent: string;
  readonly hello: FromAgent["hello"];
  readonly connection: string;
  /** Monotonic, ms. */
  readonly sinceMs: number;
  heardMs: number;
  /** Readings that the agent has not sent for want of credit. */
  withheld = 0;
  readonly #send: (frames: readonly Buffer[]) => void;
  readonly #asking = new Map<number, Asking>();
  #lastNumber = 0;
  /** Bytes of bodies that may be on the way. */
  readonly #window: number;
  #granted: number;
  #told: number;
  #isQuiet = true;

  /** @param credit bytes of bodies that may be on the way */
  constructor(
    hello: FromAgent["hello"],
    connection: string,
    nowMs: number,
    credit: number,
    send: (frames: readonly Buffer[]) => void,
  ) {
    this.agent = hello.agent;
    this.hello = hello;
    this.connection = connection;
    this.sinceMs = this.heardMs = nowMs;
    this.#window = this.#granted = this.#told = credit;
    this.#send = send;
  }

  welcome(hub: string): void {
    this.say("welcome", { protocol: PROTOCOL_VERSION, hub, credit: this.#granted });
  }

  /** @returns true: it is on its way, which is all that can be known */
  say<V extends keyof FromHub>(verb: V, message: FromHub[V]): true {
    this.#isQuiet = false;
    this.#send(encodeFromHub(verb, message));
    return true;
  }

  /** To be called once a heartbeat's interval: says one if nothing else was said in it. */
  beat(): void {
    if (this.#isQuiet) this.say("heartbeat", {});
    this.#isQuiet = true;
  }

  /** So many bytes of what it sent are settled. {@link tellCredit} says so. */
  grant(bytes: number): void {
    this.#granted += bytes;
  }

  /** Not for each reading: a quarter of what may be on the way, and it has room for three more. */
  tellCredit(): void {
    if (this.#granted - this.#told < this.#window / 4) return;
    this.#told = this.#granted;
    this.say("credit", { total: this.#granted });
  }

  /** @returns its reply, or one that says why there is none */
  ask(query: Readonly<Record<string, unknown>>): Promise<Buffer> {
    const number = ++this.#lastNumber;
    return new Promise((resolve) => {
      const give = (): void =>
        this.answered(number, refusal("timed-out", `agent ${this.agent} does not answer`));
      this.#asking.set(number, { resolve, timer: setTimeout(give, ANSWER_LIMIT_MS) });
      this.say("query", { number, query });
    });
  }

  answered(number: number, reply: Buffer): void {
    const asking = this.#asking.get(number);
    if (!asking) return;
    this.#asking.delete(number);
    clearTimeout(asking.timer);
    asking.resolve(reply);
  }

  close(): void {
    for (const number of this.#asking.keys())
      this.answered(number, refusal("timed-out", `the link to agent ${this.agent} was lost`));
  }
}

function refusal(code: "timed-out", message: string): Buffer {
  return encodeError(new DunlinError(code, message));
}
