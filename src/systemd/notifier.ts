import { spawn } from "node:child_process";
import { canSendDatagrams, openDatagram } from "./datagram.ts";

/** What can be told to the service manager, sd_notify(3). */
export interface News {
  readonly READY?: "1";
  readonly RELOADING?: "1";
  readonly STOPPING?: "1";
  readonly WATCHDOG?: "1";
  readonly STATUS?: string;
  /** When RELOADING was, µs of CLOCK_MONOTONIC: the manager tells by it which READY belongs to it. */
  readonly MONOTONIC_USEC?: string;
}

/** Longest STATUS, characters: it is for one line of `systemctl status`. */
const MAX_STATUS = 300;

/** Tells the service manager how the service is. What cannot be sent is lost: nothing waits for it. */
export class Notifier {
  readonly #send: (text: string) => void;
  #status = "";

  private constructor(send: (text: string) => void) {
    this.#send = send;
  }

  /**
   * Takes its socket out of the environment: the processes that we start have nothing to tell, and are not believed
   * (NotifyAccess=main).
   * @returns undefined if nobody wants to know
   */
  static open(environment: NodeJS.ProcessEnv): Notifier | undefined {
    const { NOTIFY_SOCKET: name } = environment;
    delete environment["NOTIFY_SOCKET"];
    if (name === undefined || name === "") return undefined;
    if (!canSendDatagrams) return new Notifier(byProgram(name));
    const send = openDatagram(name);
    return send && new Notifier((text) => void send(Buffer.from(text)));
  }

  tell(news: News): void {
    const { STATUS } = news;
    const told = STATUS === undefined ? news : { ...news, STATUS: oneLine(STATUS) };
    this.#send(
      Object.entries(told)
        .map(([name, value]) => `${name}=${value}`)
        .join("\n"),
    );
  }

  /** The line of `systemctl status`; told when it has changed. */
  status(text: string): void {
    if (text === this.#status) return;
    this.#status = text;
    this.tell({ STATUS: text });
  }

  /** To be followed by READY, whether the new configuration is taken or not. */
  reloading(): void {
    this.tell({ RELOADING: "1", MONOTONIC_USEC: String(process.hrtime.bigint() / 1_000n) });
  }
}

/**
 * By systemd-notify(1), for a Node that cannot send datagrams. The message comes from another process: the unit has to say
 * NotifyAccess=all.
 */
function byProgram(name: string): (text: string) => void {
  return (text) => {
    const environment = { ...process.env, NOTIFY_SOCKET: name };
    const child = spawn("systemd-notify", text.split("\n"), { env: environment, stdio: "ignore" });
    child.on("error", () => {});
    child.unref();
  };
}

/** Line breaks would begin a new assignment. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, MAX_STATUS);
}
