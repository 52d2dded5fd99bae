import { isFinal, type AgentRun, type CommandProgress } from "../message/index.ts";
import { terminal } from "./terminal.ts";

const BAR_CHARS = 20;
/** Begins the line anew and clears it (ECMA-48, CR and EL). */
const REDRAW = "\r\u001b[2K";
const STATES = [
  "waiting",
  "sent",
  "accepted",
  "running",
  "succeeded",
  "failed",
  "rejected",
  "expired",
  "cancelled",
];
const GOOD = "succeeded";
const OPEN: ReadonlySet<string> = new Set(["waiting", "sent", "accepted", "running"]);

/** How a command to many goes on: one line that is drawn again on a terminal, else a line for each change. */
export class RolloutView {
  readonly #isTerminal = process.stdout.isTTY;
  #isDrawn = false;
  #last = "";

  show(progress: CommandProgress): void {
    const line = lineOf(progress);
    const isTurnedAway = isFinal(progress.state) && !progress.result;
    if (line === this.#last || isTurnedAway) return;
    this.#last = line;
    if (!this.#isTerminal) return terminal.print(line);
    process.stdout.write(`${REDRAW}${line.slice(0, Math.max(20, process.stdout.columns - 1))}`);
    this.#isDrawn = true;
  }

  /** Its end, and why. */
  end({ state, reason }: CommandProgress): void {
    this.close();
    const style = state === GOOD ? "green" : "red";
    terminal.print(`${terminal.paint(style, state)}${reason === undefined ? "" : `: ${reason}`}`);
  }

  close(): void {
    if (this.#isDrawn) process.stdout.write("\n");
    this.#isDrawn = false;
  }
}

/** `[#####···············] 250/1000  running 12  succeeded 230  failed 8` */
function lineOf({ state, reason, result = {} }: CommandProgress): string {
  const count = (name: string): number => (typeof result[name] === "number" ? result[name] : 0);
  const total = count("agents");
  const ended = STATES.filter((name) => !OPEN.has(name)).reduce((sum, name) => sum + count(name), 0);
  const filled = total === 0 ? 0 : Math.round((ended / total) * BAR_CHARS);
  const bar = `[${"#".repeat(filled)}${"·".repeat(BAR_CHARS - filled)}]`;
  const counts = STATES.filter((name) => count(name) > 0).map((name) => `${name} ${count(name)}`);
  const phase = result["phase"];
  const how = phase === "running" || phase === "ended" || phase === undefined ? [] : [String(phase)];
  if (total === 0) return [state, ...(reason === undefined ? [] : [reason])].join(": ");
  return [`${bar} ${ended}/${total}`, ...counts, ...how].join("  ");
}

/** Those that went well are counted, all others named with what became of them. */
export function runsByOutcome(runs: readonly AgentRun[]): string {
  const states = STATES.filter((state) => runs.some((run) => run.state === state));
  return states
    .flatMap((state) =>
      linesOf(
        state,
        runs.filter((run) => run.state === state),
      ),
    )
    .join("\n");
}

function linesOf(state: string, runs: readonly AgentRun[]): string[] {
  const head = `${terminal.paint(state === GOOD ? "green" : "red", state)} ${runs.length}`;
  if (state === GOOD) return [head];
  const byReason = Map.groupBy(runs, ({ code, reason }) => reason ?? code ?? "");
  return [head, ...[...byReason].flatMap(([reason, some]) => reasonLines(reason, some))];
}

/** A reason that many have is said once. */
function reasonLines(reason: string, runs: readonly AgentRun[]): string[] {
  const names = runs.map(({ agent }) => agent);
  if (reason === "") return [`  ${names.join(" ")}`];
  return [`  ${reason}`, `    ${names.join(" ")}`];
}
