/**
 * Opens the port of its argument as a user who may do nothing, and prints every state as a line of JSON, until its
 * input ends. Root may open everything, so root becomes nobody first.
 */
import "serialport";
import { parsePortAddress } from "../../src/message/index.ts";
import { ReopeningPort } from "../../src/serial/index.ts";
import { LINE } from "./line.ts";
import { NEVER } from "./reopen.ts";

const NOBODY = 65_534;
if (process.getuid?.() === 0) {
  process.setgroups?.([NOBODY]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}

const port = ReopeningPort.open(parsePortAddress(process.argv[2] ?? ""), {
  line: LINE,
  seekMs: 5,
  backoff: NEVER,
  onChunk: () => undefined,
  onState: (state) => {
    const error = "error" in state ? { code: state.error.code, message: state.error.message } : {};
    console.log(JSON.stringify({ kind: state.kind, ...error }));
  },
});
process.stdin.resume();
process.stdin.on("end", () => void port.close());
