import type { Log } from "../base/index.ts";
import { FaultLog } from "../core/index.ts";
import { Exposition } from "./exposition.ts";
import { healthOf, STARTING, type Health } from "./health.ts";
import { HttpServer, type Address, type Answer } from "./http-server.ts";
import { Recent } from "./recent.ts";
import { statusToMetrics } from "./status-to-metrics.ts";

/** Whose metrics and health these are: an agent or a hub. */
export interface Subject {
  /** What the query `status` answers. */
  status(): unknown;
}

export interface InsightOptions extends Address {
  readonly log: Log;
  /** Pages are made at most this often, ms: asking more often costs the core nothing. Default 1 000. */
  readonly intervalMs?: number;
}

const INTERVAL_MS = 1_000;

/**
 * `/metrics` for Prometheus and `/healthz` for whoever asks whether all is well. It looks at the core when it is asked and
 * never else: a message costs nothing more because of it. Before there is a subject it says that it is starting.
 */
export class Insight {
  readonly #exposition: Exposition;
  #server: HttpServer | undefined;
  #subject: Subject | undefined;

  private constructor(exposition: Exposition) {
    this.#exposition = exposition;
  }

  /** @throws DunlinError `address-in-use`, `address-invalid` */
  static async open({ log, intervalMs = INTERVAL_MS, ...address }: InsightOptions): Promise<Insight> {
    const insight = new Insight(new Exposition());
    const text = new Recent(() => insight.#metrics(), intervalMs);
    const health = new Recent(async () => insight.#health(), intervalMs);
    const pages = new Map<string, () => Promise<Answer>>([
      ["/metrics", async () => insight.#textPage(await text.get())],
      ["/healthz", async () => healthPage(await health.get())],
    ]);
    const faults = new FaultLog(log);
    insight.#server = await HttpServer.open(address, pages, (error) => faults.note(error));
    log.info("metrics and health are served", address);
    return insight;
  }

  /** From now on it is told of. */
  show(subject: Subject): void {
    this.#subject = subject;
  }

  close(): void {
    this.#server?.close();
  }

  #metrics(): Promise<string> {
    return this.#exposition.text(this.#subject ? statusToMetrics(this.#subject.status()) : []);
  }

  #health(): Health {
    return this.#subject ? healthOf(this.#subject.status()) : STARTING;
  }

  #textPage(body: string): Answer {
    return { status: 200, contentType: this.#exposition.contentType, body };
  }
}

function healthPage(health: Health): Answer {
  return {
    status: health.status === "ok" ? 200 : 503,
    contentType: "application/json",
    body: `${JSON.stringify(health)}\n`,
  };
}
