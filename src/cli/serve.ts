import { LogLevels, messageOf, openLog, settleLater, type Log } from "../base/index.ts";
import { formatFault, type Config } from "../config/index.ts";
import type { Subject } from "../insight/index.ts";
import { openJournalLog } from "../systemd/index.ts";
import { showFaults } from "./check-command.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { HttpInsight } from "./insight.ts";
import type { AgentConfigResult } from "./load-agent-config.ts";
import { Service, type Served } from "./service.ts";

type Loaded = Extract<AgentConfigResult, { ok: true }>;

/** An agent or a hub that runs. */
interface Running extends Served, Subject {
  close(): Promise<void>;
}

/** What is an agent's, and what a hub's. */
export interface Serving<R extends Running> {
  /** The configuration, with what the command line says instead; read again at each SIGHUP. */
  load(): Promise<AgentConfigResult>;
  /** What whoever reaches the sockets can do if `listen.insecure` is set. */
  readonly exposed: string;
  open(loaded: Loaded, log: Log, levels: LogLevels): Promise<R>;
  /** @returns what has changed and counts only from the next start */
  reload(running: R, loaded: Loaded, log: Log): Promise<readonly string[]>;
  onUp?(loaded: Loaded): void;
}

/** Runs until SIGINT or SIGTERM. A configuration that is wrong at the start ends it; at a SIGHUP what was there before goes on. */
export async function serve<R extends Running>(serving: Serving<R>): Promise<ExitCode> {
  const service = new Service(process.env);
  const loaded = await serving.load();
  if (!loaded.ok) {
    showFaults(loaded.faults, false);
    return EXIT.usage;
  }
  const { config } = loaded;
  const levels = new LogLevels(config.log.level, config.log.components);
  const log = openServiceLog(config, levels);
  warnOfInsecure(config, serving.exposed, log);
  const insight = await HttpInsight.open(config, log);
  const running = await serving.open(loaded, log, levels);
  insight.show(running);
  service.watch(running);
  const endReloads = onHangup(() => reload(serving, running, { service, insight, levels, log }));
  serving.onUp?.(loaded);
  settleLater();
  const signal = await ended();
  endReloads();
  service.stopping();
  log.info(`${signal}: stopping`);
  await running.close();
  insight.close();
  return EXIT.ok;
}

interface Around {
  readonly service: Service;
  readonly insight: HttpInsight;
  readonly levels: LogLevels;
  readonly log: Log;
}

async function reload<R extends Running>(
  serving: Serving<R>,
  running: R,
  { service, insight, levels, log }: Around,
): Promise<void> {
  service.reloading();
  try {
    const loaded = await serving.load();
    if (!loaded.ok)
      return refuse(
        loaded.faults.map((fault) => formatFault(fault)),
        log,
      );
    const { config } = loaded;
    warnOfInsecure(config, serving.exposed, log);
    levels.replace(config.log.level, config.log.components);
    const fixed = await serving.reload(running, loaded, log);
    await insight.reload(config);
    log.info("the configuration was read again", fixed.length > 0 ? { needsRestart: fixed.join(", ") } : {});
  } catch (cause) {
    refuse([messageOf(cause)], log);
  } finally {
    service.reloaded();
  }
}

function refuse(faults: readonly string[], log: Log): void {
  for (const fault of faults) log.error(fault);
  log.error("the configuration was not taken: what was there before goes on");
}

function warnOfInsecure({ listen }: Config, exposed: string, log: Log): void {
  if (!listen.insecure) return;
  log.warn(`listen.insecure is set: whoever reaches these sockets reads everything and ${exposed}`, {
    address: listen.address,
  });
}

function openServiceLog({ log }: Config, levels: LogLevels): Log {
  const journal = log.format === "auto" ? openJournalLog(levels, process.env) : undefined;
  if (journal) return journal;
  const format = log.format === "auto" ? (process.stderr.isTTY ? "text" : "json") : log.format;
  return openLog({ level: levels, format, write: (line) => process.stderr.write(line) });
}

/** One after the other. @returns ends it */
function onHangup(work: () => Promise<void>): () => void {
  let last = Promise.resolve();
  const listener = (): void => void (last = last.then(work));
  process.on("SIGHUP", listener);
  return () => void process.off("SIGHUP", listener);
}

function ended(): Promise<string> {
  return new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
}
