import { execFile, spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { debianRoot } from "./debian-root.ts";

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A look at something that changes by itself comes this often, ms. */
const LOOK_MS = 100;

/** Fields of an entry of systemd's journal, by name. */
export type JournalEntry = Readonly<Record<string, string>>;

/**
 * A Debian that has been booted, systemd and all, in a container of its own: its changes are in memory and gone with it, and its
 * network is a loopback alone.
 */
export class BootedDebian {
  readonly #nspawn: ChildProcess;
  readonly #ended: Promise<void>;
  #leader = 0;
  console = "";

  private constructor(root: string, binds: Readonly<Record<string, string>>) {
    const args = ["-D", root, "--volatile=overlay", "--private-network", "--register=no", "--keep-unit"];
    const mounts = Object.entries(binds).map(([from, to]) => `--bind-ro=${from}:${to}`);
    // It ends with us, however we do.
    const bound = ["--pdeathsig", "KILL", "systemd-nspawn"];
    this.#nspawn = spawn("setpriv", [...bound, ...args, ...mounts, "--console=pipe", "--boot"], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    const keep = (chunk: Buffer): void => void (this.console += chunk.toString());
    this.#nspawn.stdout?.on("data", keep);
    this.#nspawn.stderr?.on("data", keep);
    this.#ended = new Promise((resolve) => this.#nspawn.on("exit", () => resolve()));
  }

  /** @param binds folders of this host, and where they are to be seen */
  static async boot(binds: Readonly<Record<string, string>>): Promise<BootedDebian> {
    const debian = new BootedDebian(await debianRoot(), binds);
    try {
      await debian.#up();
      return debian;
    } catch (cause) {
      await debian.close();
      throw new Error(`the container did not boot:\n${debian.console}`, { cause });
    }
  }

  /** Runs a program to its end, in all namespaces of the container. */
  run(command: string, ...args: string[]): Promise<Output> {
    const enter = ["-t", String(this.#leader), "-m", "-u", "-i", "-n", "-p", "--", command, ...args];
    const environment = {
      PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: "/root",
      LANG: "C.UTF-8",
      TERM: "dumb",
    };
    return new Promise((resolve) => {
      execFile("nsenter", enter, { env: environment, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, stdout, stderr }),
      );
    });
  }

  /** The standard output of a program that has to succeed. */
  async must(command: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, ...args);
    if (code !== 0) throw new Error(`${command} ${args.join(" ")}: exit code ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  shell(script: string): Promise<string> {
    return this.must("sh", "-ec", script);
  }

  /** Properties of a unit. */
  async show<Name extends string>(unit: string, ...names: Name[]): Promise<Record<Name, string>> {
    const text = await this.must("systemctl", "show", unit, "-p", names.join(","));
    const pairs = text
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s).slice(0, 2));
    return Object.fromEntries(pairs) as Record<Name, string>;
  }

  /** What systemd's journal has, the oldest first. @param args journalctl's, which say of what */
  async entries(...args: string[]): Promise<JournalEntry[]> {
    const { stdout } = await this.run("journalctl", "-o", "json", ...args);
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as JournalEntry);
  }

  /** Waits for what comes about by itself; fails after `limitMs`, which is only a guard against hanging. */
  async until<T>(what: string, look: () => Promise<T | undefined>, limitMs = 60_000): Promise<T> {
    const deadline = AbortSignal.timeout(limitMs);
    for (;;) {
      const seen = await look();
      if (seen !== undefined) return seen;
      if (deadline.aborted) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async close(): Promise<void> {
    // Its first process takes all others of the container with it; without that they outlive nspawn.
    if (this.#leader > 0) process.kill(this.#leader, "SIGKILL");
    this.#nspawn.kill("SIGKILL");
    await this.#ended;
  }

  async #up(): Promise<void> {
    this.#leader = await this.until("the container's first process", () => Promise.resolve(this.#child()));
    await this.until("the end of the boot", async () => {
      const { stdout } = await this.run("systemctl", "is-system-running", "--wait");
      return /^(running|degraded)/.test(stdout) ? stdout : undefined;
    });
  }

  #child(): number | undefined {
    const { pid, exitCode } = this.#nspawn;
    if (pid === undefined || exitCode !== null) throw new Error(`systemd-nspawn has ended: ${exitCode}`);
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const children = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ");
      const [first] = children.filter(Boolean).map(Number).filter(isInit);
      if (first !== undefined) return first;
    }
    return undefined;
  }
}

/** Before it is systemd, nspawn's child is still setting the container up. */
function isInit(pid: number): boolean {
  return readFileSync(`/proc/${pid}/comm`, "utf8") === "systemd\n";
}
