/**
 * A board in a process of its own: `node avr-board-process.ts HEX NAME` simulates as long as its parent is there, as fast
 * as the wall clock goes or, on a machine that has no time for it, slower.
 */
import { readFileSync } from "node:fs";
import type { BoardCalls, BoardRequest, BoardStatus } from "./avr-board.ts";
import { CLOCK_HZ, Mcu } from "./avr-mcu.ts";
import { openPty } from "./pty.ts";

/** What it is behind the wall clock by more than this is not caught up with, ms. */
const MAX_BEHIND_MS = 20;
/** For so long it simulates before it looks at what else there is to do. */
const TURN_MS = 4;
const CYCLES_PER_MS = CLOCK_HZ / 1_000;
/** About a byte of the line at 115,200 baud: so that a reset can be between two. */
const SLICE_CYCLES = 1_360;

const [hexFile = "", name = ""] = process.argv.slice(2);
const mcu = new Mcu(readFileSync(hexFile, "utf8"));
const pty = openPty(name);
const startedMs = performance.now();
/** When, by the wall, cycle 0 was or would have been. */
let zeroMs = startedMs;
let lostMs = 0;
/** The kernel has not taken what was sent last: what nobody reads is lost, as on a wire. */
let isWaiting = false;
/** Behind the last zero that was sent. */
let behindZero = 0;
let onCut: { readonly afterBytes: number; readonly done: () => void } | undefined;

const calls: BoardCalls = {
  status: (): BoardStatus => ({
    deepestStackBytes: mcu.deepestStackBytes,
    realTimeShare: mcu.cycles / CYCLES_PER_MS / (performance.now() - startedMs),
    lostMs,
  }),
  reset: () => mcu.reset(),
  resetInFrame: (afterBytes) => new Promise((done) => (onCut = { afterBytes, done })),
  setAnalog: (channel, volts) => mcu.setAnalog(channel, volts),
  setPin: (port, bit, isHigh) => mcu.setPin(port, bit, isHigh),
  isHigh: (port, bit) => mcu.isHigh(port, bit),
  readMemory: (address, bytes) => mcu.readMemory(address, bytes),
};

process.on("message", (request: BoardRequest) => void answer(request));
process.on("disconnect", () => process.exit());
process.on("exit", () => pty.close());

async function answer({ id, method, args }: BoardRequest): Promise<void> {
  const result = await (calls[method] as (...args: unknown[]) => unknown)(...args);
  process.send?.({ id, result });
}

async function takeBytes(): Promise<void> {
  for await (const bytes of pty.received()) mcu.receive(bytes);
}

/** Simulates what is due, at most a turn of it. */
function turn(): void {
  const nowMs = performance.now();
  const behindMs = nowMs - zeroMs - mcu.cycles / CYCLES_PER_MS;
  if (behindMs > MAX_BEHIND_MS) {
    zeroMs += behindMs - MAX_BEHIND_MS;
    lostMs += behindMs - MAX_BEHIND_MS;
  }
  const out: Buffer[] = [];
  const until = (nowMs - zeroMs) * CYCLES_PER_MS;
  while (mcu.cycles < until && performance.now() < nowMs + TURN_MS) out.push(slice());
  send(Buffer.concat(out));
  if (mcu.cycles < until) setImmediate(turn);
  else setTimeout(turn, 1);
}

function slice(): Buffer {
  const bytes = mcu.run(SLICE_CYCLES);
  for (const byte of bytes) behindZero = byte === 0 ? 0 : behindZero + 1;
  if (onCut && behindZero >= onCut.afterBytes) {
    mcu.reset();
    behindZero = 0;
    onCut.done();
    onCut = undefined;
  }
  return bytes;
}

function send(bytes: Buffer): void {
  if (bytes.length === 0 || isWaiting) return;
  isWaiting = true;
  void pty.write(bytes).then(() => (isWaiting = false));
}

void takeBytes();
turn();
process.send?.({ path: pty.path });
