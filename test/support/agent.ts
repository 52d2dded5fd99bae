import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, type AgentOptions } from "../../src/agent/index.ts";
import { openLog } from "../../src/base/index.ts";
import { endpointsOf } from "../../src/bus/index.ts";
import { connect, type Client, type Message } from "../../src/client/index.ts";

/** An agent inside the test's own process, with folders and ports of its own, and a client of it. */
export interface TestAgent {
  readonly agent: Agent;
  readonly client: Client;
  readonly address: string;
  readonly folder: string;
  /** Everything it logged, a line each. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

export async function startAgent(options: Partial<AgentOptions> = {}): Promise<TestAgent> {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  const port = await freeBasePort();
  const lines: string[] = [];
  const agent = await Agent.open({
    name: "pi",
    version: "0.0.0",
    labels: {},
    endpoints: endpointsOf("127.0.0.1", port),
    stateDirectory: join(folder, "state"),
    runtimeDirectory: join(folder, "run"),
    clock: "synced",
    components: [],
    log: openLog({ level: "debug", format: "text", write: (line) => void lines.push(line) }),
    ...options,
  });
  const address = `tcp://127.0.0.1:${port}`;
  const client = connect(address);
  const close = async (): Promise<void> => {
    client.close();
    await agent.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { agent, client, address, folder, log: lines, close };
}

/** Below those that Linux gives to connections of its own choice (ip_local_port_range), any of which may take one meanwhile. */
const BASE_PORTS = { from: 10_000, to: 32_000 };

/** A base port P such that as many ports from it on can be bound now; an agent has three, a hub five. */
export async function freeBasePort(count = 3): Promise<number> {
  for (;;) {
    const base = BASE_PORTS.from + Math.floor(Math.random() * (BASE_PORTS.to - BASE_PORTS.from));
    const free = await Promise.all(Array.from({ length: count }, (_, above) => isFree(base + above)));
    if (free.every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Everything that a subscription brings, kept, so that a test can wait for what has come or will come. */
export class Collector {
  readonly messages: Message[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(client: Client, topics: readonly string[]) {
    void this.#collect(client.subscribe(topics));
  }

  /** Once something has come: from then on nothing is missed. States come at once to whoever subscribes to them, `state/`. */
  async subscribed(): Promise<void> {
    await this.first("the first message", () => true);
  }

  /** The first message, past or to come, that fits; fails after `limitMs`, which is only a guard against hanging. */
  async first<T extends Message>(
    what: string,
    fits: (message: Message) => message is T,
    limitMs?: number,
  ): Promise<T>;
  async first(what: string, fits: (message: Message) => boolean, limitMs?: number): Promise<Message>;
  async first(what: string, fits: (message: Message) => boolean, limitMs?: number): Promise<Message> {
    return this.#find(what, fits, 0, limitMs);
  }

  /** The first message that is still to come and fits. */
  async next(what: string, fits: (message: Message) => boolean, limitMs?: number): Promise<Message> {
    return this.#find(what, fits, this.messages.length, limitMs);
  }

  telemetry(device: string) {
    return this.messages
      .filter((message) => message.kind === "telemetry")
      .filter((message) => message.device === device);
  }

  states(device: string) {
    return this.messages
      .filter((message) => message.kind === "device")
      .filter((message) => message.device === device)
      .map((message) => message.status);
  }

  async #find(
    what: string,
    fits: (message: Message) => boolean,
    from: number,
    limitMs = 30_000,
  ): Promise<Message> {
    const deadline = AbortSignal.timeout(limitMs);
    for (let at = from; ;) {
      for (; at < this.messages.length; at++) {
        const message = this.messages[at];
        if (message && fits(message)) return message;
      }
      if (deadline.aborted) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
      await this.#change(deadline);
    }
  }

  #change(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        deadline.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      deadline.addEventListener("abort", wake);
    });
  }

  async #collect(stream: AsyncIterable<Message>): Promise<void> {
    for await (const message of stream) {
      this.messages.push(message);
      for (const wake of this.#waiting) wake();
    }
  }
}

/** A device's state message. */
export function isState(device: string, state: string) {
  return (message: Message): boolean =>
    message.kind === "device" && message.device === device && message.status.state === state;
}

/** A device's reading with at least this seq. */
export function isReading(device: string, seq = 1) {
  return (message: Message): boolean =>
    message.kind === "telemetry" && message.device === device && message.seq >= seq;
}
