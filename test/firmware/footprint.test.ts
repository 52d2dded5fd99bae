import { readFileSync } from "node:fs";
import t from "tap";
import {
  SegmentReader,
  FROM_DEVICE,
  readDeviceMessage,
  writeFrame,
  writeHostMessage,
} from "../../src/link/index.ts";
import type { DeviceMessage, HostMessage } from "../../src/link/index.ts";
import { buildFirmware, type Firmware } from "../support/avr-firmware.ts";
import { CLOCK_HZ, Mcu, type Mark } from "../support/avr-mcu.ts";

const MAX_FLASH_BYTES = 6 * 1_024;
const MAX_RAM_BYTES = 300;
/** The simulator counts the same each time: these leave room for other compilers, and tell of what is grossly worse. */
const MAX_STACK_BYTES = 128;
const MAX_READING_CYCLES = 12_000;
const MAX_CALL_CYCLES = 16_000;
const SLICE_CYCLES = 1_600;
/** What sketches/footprint describes: two metrics, a command, an argument. */
const ITEMS = 4;
/** Its marks. */
const [RECEIVING, RECEIVED, HANDLING, SENDING, SENT, SENDING_RELIABLY, SENT_RELIABLY] = [1, 2, 3, 4, 5, 6, 7];

t.test("what the library takes of an ATmega328P", async (t) => {
  const empty = await buildFirmware("test/firmware/sketches/empty.c");
  const minimal = await buildFirmware("test/firmware/sketches/minimal.c");
  const [flash, ram] = [minimal.flashBytes - empty.flashBytes, minimal.ramBytes - empty.ramBytes];
  t.ok(flash > 1_000 && flash <= MAX_FLASH_BYTES, `${flash} bytes of flash, at most ${MAX_FLASH_BYTES}`);
  t.ok(ram > 100 && ram <= MAX_RAM_BYTES, `${ram} bytes of RAM, at most ${MAX_RAM_BYTES}`);

  const host = new CableHost(await buildFirmware("test/firmware/sketches/footprint"));
  host.send({ type: "hello", version: 1, session: 7, timeoutMs: 200 });
  host.until("welcome", ({ type }) => type === "welcome");
  for (let item = 0; item < ITEMS; item++) {
    host.send({ type: "ask", item });
    host.until("item", (message) => message.type === "item" && message.item === item);
  }
  host.send({ type: "ping", session: 7, token: 1, timeoutMs: 200 });
  host.until("pong", ({ type }) => type === "pong");
  host.mcu.takeMarks();
  const call = host.send({ type: "call", key: 1, command: 0, args: new Map([[0, 80]]) });
  host.until("outcome", (message) => message.type === "outcome" && message.ok);
  const callCycles = cyclesOfCall(host.mcu.takeMarks(), call.length);
  for (let i = 0; i < 20; i++) host.until("reading", ({ type }) => type === "reading");
  const marks = host.mcu.takeMarks();
  const plainCycles = median(spans(marks, SENDING, SENT));
  const reliableCycles = median(spans(marks, SENDING_RELIABLY, SENT_RELIABLY));

  const table = [
    ["flash, with a description of two metrics and a command", `${flash} bytes`],
    ["RAM, with a frame of 64 bytes and 128 to send from", `${ram} bytes`],
    ["deepest stack, the Arduino core's and interrupts' included", `${host.mcu.deepestStackBytes} bytes`],
    ["a reading of two floats, encoded and sent", cycles(plainCycles)],
    ["the same, kept until it is acknowledged", cycles(reliableCycles)],
    [`a call of ${call.length} bytes, taken, run and answered`, cycles(callCycles)],
  ];
  for (const [what, much] of table) t.comment(`note: ${what}: ${much}`);
  t.ok(host.mcu.deepestStackBytes < MAX_STACK_BYTES, `stack: at most ${MAX_STACK_BYTES} bytes`);
  t.ok(Math.max(plainCycles, reliableCycles) < MAX_READING_CYCLES, `at most ${MAX_READING_CYCLES} cycles`);
  t.ok(callCycles < MAX_CALL_CYCLES, `at most ${MAX_CALL_CYCLES} cycles`);
});

/** A host that is just enough to begin a session, on a cable without a delay. */
class CableHost {
  readonly mcu: Mcu;
  readonly #segments = new SegmentReader(Object.values(FROM_DEVICE));
  readonly #messages: DeviceMessage[] = [];
  #plainSeq = 0;
  #callSeq = 0;
  /** The device's next reliable frame. */
  #expected = 0;

  constructor(firmware: Firmware) {
    this.mcu = new Mcu(readFileSync(firmware.hexFile, "utf8"));
    // It is on before anybody speaks to it.
    this.until("boot", ({ type }) => type === "boot");
  }

  send(message: HostMessage): Buffer {
    const reliable = message.type === "call";
    const seq = reliable ? this.#callSeq++ : this.#plainSeq++;
    const frame = writeFrame({ ...writeHostMessage(message), reliable, seq, ack: this.#expected });
    this.mcu.receive(frame);
    return frame;
  }

  /** Simulates until such a message has come, at most 5 s. */
  until(what: string, fits: (message: DeviceMessage) => boolean): void {
    const limit = this.mcu.cycles + 5 * CLOCK_HZ;
    while (this.mcu.cycles < limit) {
      for (let message = this.#messages.shift(); message; message = this.#messages.shift())
        if (fits(message)) return;
      this.#take(this.mcu.run(SLICE_CYCLES));
    }
    throw new Error(`no ${what} came`);
  }

  #take(bytes: Buffer): void {
    for (const item of this.#segments.push(bytes)) {
      if (item.type !== "frame") continue;
      const message = readDeviceMessage(item.frame);
      if (typeof message === "string") throw new Error(`the device sent what is ${message}`);
      this.#messages.push(message);
      if (item.frame.reliable) this.#acknowledge(item.frame.seq);
    }
  }

  #acknowledge(seq: number): void {
    if (seq === this.#expected) this.#expected++;
    this.send({ type: "ack", bits: 0 });
  }
}

function cycles(count: number): string {
  return `${count} cycles, ${(count / (CLOCK_HZ / 1_000)).toFixed(2)} ms`;
}

/** In the library for each byte of the frame, the last of which runs the handler. */
function cyclesOfCall(marks: readonly Mark[], bytes: number): number {
  const until = marks.findIndex(({ value }) => value === HANDLING);
  const last = marks.findIndex(({ value }, i) => value === RECEIVED && i > until);
  const received = spans(marks.slice(0, last + 1), RECEIVING, RECEIVED);
  return received.slice(-bytes).reduce((sum, one) => sum + one, 0);
}

function median(counts: readonly number[]): number {
  return counts.toSorted((a, b) => a - b)[counts.length >> 1] ?? NaN;
}

/** From each mark `from` to the `to` behind it. */
function spans(marks: readonly Mark[], from: number, to: number): number[] {
  return marks.flatMap((mark, i) => {
    const end = marks.slice(i).find(({ value }) => value === to);
    return mark.value === from && end ? [end.cycles - mark.cycles] : [];
  });
}
