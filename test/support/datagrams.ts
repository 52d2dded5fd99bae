import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Binds, says so, then says of each datagram its text and whether a port could be reached when it came. */
const RECEIVER = `
import json, socket, sys
name, port = sys.argv[1], int(sys.argv[2])
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("\\0" + name[1:] if name[0] == "@" else name)
print(json.dumps({"text": "", "reached": False}), flush=True)
while True:
    text = receiver.recv(1 << 20).decode(errors="replace")
    probe = socket.socket()
    reached = port > 0 and probe.connect_ex(("127.0.0.1", port)) == 0
    probe.close()
    print(json.dumps({"text": text, "reached": reached}), flush=True)
`;

export interface Datagram {
  readonly text: string;
  /** Whether the port took a connection when it came. */
  readonly reached: boolean;
}

/** A Unix datagram socket of another program, as the service manager's is. */
export class Datagrams {
  readonly received: Datagram[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();

  private constructor(name: string, port: number) {
    this.#child = spawn("/usr/bin/python3", ["-c", RECEIVER, name, String(port)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  /** @param name a path, or @ and a name in the abstract space; @param port to be tried at each datagram */
  static async open(name: string, port = 0): Promise<Datagrams> {
    const opened = new Datagrams(name, port);
    const lines = createInterface({ input: opened.#child.stdout ?? process.stdin });
    await once(lines, "line");
    lines.on("line", (line) => {
      opened.received.push(JSON.parse(line) as Datagram);
      for (const wake of opened.#waiting) wake();
    });
    return opened;
  }

  /** The first, from the one numbered `from` on, that matches; it waits for it. */
  async first(pattern: RegExp, from = 0): Promise<Datagram> {
    for (;;) {
      const found = this.received.slice(from).find(({ text }) => pattern.test(text));
      if (found) return found;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** Takes nothing for a while, so that its queue fills. */
  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  close(): void {
    this.#child.kill("SIGKILL");
  }
}
