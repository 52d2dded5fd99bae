import { fstatSync } from "node:fs";
import { openRecordLog, type Log, type LogLevel, type LogLevels } from "../base/index.ts";
import { openDatagram } from "./datagram.ts";
import { journalEntry } from "./journal-entry.ts";

/** journald's, of the native protocol. */
const SOCKET = "/run/systemd/journal/socket";
const STANDARD_ERROR = 2;

/**
 * A log to journald with its fields, if that is where our standard error goes. A journald that is held up or restarted costs
 * lines, and the next that it takes says how many (DUNLIN_LOST): the core waits for nobody, and standard error would wait.
 * @returns undefined when standard error goes elsewhere, or this Node cannot send datagrams
 */
export function openJournalLog(
  level: LogLevel | LogLevels,
  environment: NodeJS.ProcessEnv,
  socket = SOCKET,
): Log | undefined {
  if (environment["JOURNAL_STREAM"] !== streamOf(STANDARD_ERROR)) return undefined;
  const send = openDatagram(socket);
  let lost = 0;
  return (
    send &&
    openRecordLog(level, (of, message, fields) => {
      const isTaken = send(journalEntry(of, message, lost > 0 ? { ...fields, lost } : fields));
      lost = isTaken ? 0 : lost + 1;
    })
  );
}

/** As systemd.exec(5) has $JOURNAL_STREAM: it stays in the environment when standard error is led elsewhere. */
function streamOf(fd: number): string {
  try {
    const { dev, ino } = fstatSync(fd);
    return `${dev}:${ino}`;
  } catch {
    return "closed";
  }
}
