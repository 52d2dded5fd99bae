import { execFileSync } from "node:child_process";
import { join } from "node:path";
import t, { type Test } from "tap";
import { startCliAgent } from "../support/cli-agent.ts";
import { dunlin } from "../support/cli.ts";

const PROGRAM =
  process.env["DUNLIN_BINARY"] ?? `${process.execPath} ${join(import.meta.dirname, "../../src/cli/main.ts")}`;

/** A real terminal of this size, and what is on it. */
class Terminal {
  readonly #server = `dunlin-${process.pid}-${Math.random().toString(36).slice(2)}`;

  constructor(t: Test, columns: number, rows: number, command: string) {
    // The shell stays when the command has ended.
    const shell = `env PS1= ENV= sh -c '${command}; echo "ended $?"; exec sleep 600'`;
    this.#tmux("-f", "/dev/null", "new-session", "-d", "-x", String(columns), "-y", String(rows), shell);
    t.teardown(() => this.#tmux("kill-server"));
  }

  shown(): string[] {
    return this.#tmux("capture-pane", "-p").split("\n").slice(0, -1);
  }

  press(...keys: string[]): void {
    this.#tmux("send-keys", ...keys);
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** Looks until it is as wanted; the limit is only a guard against hanging. */
  async until(what: string, fits: (lines: readonly string[]) => boolean): Promise<string[]> {
    const guard = AbortSignal.timeout(60_000);
    for (;;) {
      const lines = this.shown();
      if (fits(lines)) return lines;
      if (guard.aborted) throw new Error(`in vain for ${what}:\n${lines.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  #tmux(...args: string[]): string {
    return execFileSync("tmux", ["-L", this.#server, ...args], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8", TERM: "xterm-256color" },
    });
  }
}

const has =
  (...parts: (string | RegExp)[]) =>
  (lines: readonly string[]): boolean =>
    parts.every((part) =>
      lines.some((line) => (typeof part === "string" ? line.includes(part) : part.test(line))),
    );

t.test(
  "80 by 24: devices and rates without metrics, metrics to be scrolled, and the screen as before at the end",
  async (t) => {
    const agent = await startCliAgent();
    t.teardown(() => agent.close());
    const screen = new Terminal(t, 80, 24, `${PROGRAM} top -a ${agent.address}`);
    await screen.until(
      "metrics with their course",
      has(/^gps +online/, /latitude .*° .*[▁▂▃▄▅▆▇█]{2}/, "q quit"),
    );
    screen.press("m");
    const plain = await screen.until(
      "all devices",
      has(/journal ok .* of 256 MB/, /^gps +online/, /^air +online/, /^greenhouse +online +[\d.]+ +\d+ s/),
    );
    t.notOk(has("latitude")(plain), "metrics are hidden");
    t.match(plain[0], /^pi \d.* up .* epoch 1 .* clock/);
    t.match(plain, [
      /^pi/,
      /bridge live +journal live/,
      /journal ok .* of 256 MB/,
      /^DEVICE +STATE +READ\/S/,
    ]);
    t.ok(plain.every((line) => line.length <= 80));
    screen.press("m");
    screen.press("End");
    await screen.until("the last metric", has("fan", "humidity"));
    screen.press("Home");
    await screen.until("the first again", has(/^gps +online/));
    screen.press("/");
    for (const key of "green") screen.press(key);
    screen.press("Enter");
    const filtered = await screen.until("one device", has(/^greenhouse/, "/green"));
    t.notOk(has(/^gps/)(filtered));
    screen.press("q");
    const after = await screen.until("the end", has("ended 0"));
    t.notOk(has("greenhouse")(after), "what was on the screen before is there again");
  },
);

t.test(
  "200 by 50: everything, a command as it ends, another size; the agent goes and comes back",
  async (t) => {
    const agent = await startCliAgent();
    t.teardown(() => agent.close());
    const screen = new Terminal(t, 200, 50, `${PROGRAM} top -a ${agent.address}`);
    const whole = await screen.until(
      "all of it",
      has(/^gps +online/, /^air +online/, /^greenhouse +online/, /temperature .*°C/),
    );
    t.match(whole[3], /^DEVICE +STATE +READ\/S +LAST +BYTES\/S +DISCARD\/S/);
    const { code } = await dunlin(["push", "-a", agent.address, "pi/greenhouse", "fan", "on=true"]);
    t.equal(code, 0);
    await screen.until("the command", has("COMMANDS", /succeeded +pi\/greenhouse fan/));
    screen.resize(60, 20);
    await screen.until(
      "it laid out anew",
      (lines) => lines.length === 20 && has(/^DEVICE +STATE +READ\/S +LAST *$/)(lines),
    );
    await agent.cli.stop("SIGKILL");
    await screen.until("that it is gone", has(/the link is lost, for/, /^gps/));
    await agent.restart();
    const back = await screen.until(
      "it again",
      (lines) => has(/^gps +online/, /epoch 2/)(lines) && !has("the link is lost")(lines),
    );
    t.ok(back.length <= 20);
    screen.press("C-c");
    await screen.until("the end", has("ended 0"));
  },
);

t.test("without a terminal it says so, and gives one frame if it is asked for that", async (t) => {
  const agent = await startCliAgent();
  t.teardown(() => agent.close());
  t.match(await dunlin(["top", "-a", agent.address]), { code: 2, stderr: /needs a terminal: take --once/ });
  const { code, stdout } = await dunlin(["top", "--once", "--seconds", "5", "-a", agent.address]);
  t.equal(code, 0);
  t.match(stdout, /gps +online[^]*latitude[^]*greenhouse +online[^]*humidity/);
  // eslint-disable-next-line no-control-regex
  t.notMatch(stdout, /\x1b/);
});

t.test("nobody there: it says so, and how long already", async (t) => {
  const { code, stdout } = await dunlin(["top", "--once", "--seconds", "1", "-a", "tcp://127.0.0.1:9"]);
  t.equal(code, 3);
  t.match(stdout, /no answer yet, for \d/);
});
