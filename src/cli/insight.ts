import { messageOf, type Log } from "../base/index.ts";
import { isLoopback, type Config } from "../config/index.ts";
import type { Insight, Subject } from "../insight/index.ts";

type HttpConfig = NonNullable<Config["http"]>;

/** Metrics and health, if they are configured: loaded only then, and opened anew when a reload moves them. */
export class HttpInsight {
  readonly #log: Log;
  #at: HttpConfig | undefined;
  #insight: Insight | undefined;
  #subject: Subject | undefined;

  private constructor(log: Log) {
    this.#log = log;
  }

  /**
   * Before agent or hub: a port that is taken is told before anything has begun.
   * @throws DunlinError `address-in-use`, `address-invalid`
   */
  static async open({ http }: Config, log: Log): Promise<HttpInsight> {
    const insight = new HttpInsight(log);
    await insight.#open(http);
    return insight;
  }

  show(subject: Subject): void {
    this.#subject = subject;
    this.#insight?.show(subject);
  }

  /** One that cannot be opened is logged, and the rest goes on. */
  async reload({ http }: Config): Promise<void> {
    if (http?.address === this.#at?.address && http?.port === this.#at?.port) return;
    this.close();
    try {
      await this.#open(http);
    } catch (cause) {
      this.#log.error(`no metrics and no health: ${messageOf(cause)}`);
    }
  }

  close(): void {
    this.#insight?.close();
    this.#insight = this.#at = undefined;
  }

  async #open(http: HttpConfig | undefined): Promise<void> {
    if (!http) return;
    const { address, port } = http;
    if (!isLoopback(address))
      this.#log.warn("http.insecure is set: whoever reaches this port reads how the devices are", {
        address,
        port,
      });
    const { Insight } = await import("../insight/index.ts");
    this.#insight = await Insight.open({ address, port, log: this.#log });
    this.#at = http;
    if (this.#subject) this.#insight.show(this.#subject);
  }
}
