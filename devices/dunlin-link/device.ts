import {
  after,
  Float32,
  FROM_HOST,
  fromLink,
  KNOWS_TIME,
  LINK_VERSION,
  readHostMessage,
  ReliableReceiver,
  ReliableSender,
  SegmentReader,
  toLink,
  writeCommand,
  writeDeviceMessage,
  writeFrame,
  writeMetric,
  type Content,
  type Frame,
  type HostMessage,
  type Item,
  type LinkValue,
  type OwnMessage,
  type Sending,
} from "../../src/link/index.ts";
import type { CommandDescriptions, Metrics, Value, Values } from "../../src/message/index.ts";

/** What a device is. */
export interface Firmware {
  readonly name: string;
  readonly version: string;
  readonly metrics: Metrics;
  readonly commands: CommandDescriptions;
  readonly maxFrameBytes: number;
  /** Frames of the host's that may be unacknowledged. */
  readonly window: number;
  /** Runs a command; throws to fail. `pending`: {@link LinkDevice.finish} ends it. */
  run(name: string, args: Values, key: number): Values | "pending";
}

interface Run {
  readonly key: number;
  ending?: OwnMessage;
}

/** firmware-bridge/SPEC.md, "Session": "Device, without a session". */
const BOOT_MS = 1_000;
const MAX_RUNS = 4;
/** The counts in `pong` go on from 0 after so many. */
const COUNTS = 0x1_0000;
const WINDOW = 8;
/** Reliable frames that wait; one more is dropped. */
const MAX_WAITING = 64;

/** The other end of the link: a device as firmware-bridge's library makes one of a microcontroller. Pure: bytes and time in, bytes out. */
export class LinkDevice {
  readonly #firmware: Firmware;
  readonly #items: readonly Item[][];
  readonly #segments = new SegmentReader(Object.values(FROM_HOST));
  readonly #sender = new ReliableSender(WINDOW, 0);
  #receiver = new ReliableReceiver<HostMessage | undefined>(0);
  #session: number | undefined;
  #timeoutMs = 300;
  #bootMs: number;
  #nowMs = 0;
  #plainSeq = 0;
  #badFrames = 0;
  #dropped = 0;
  #runs: Run[] = [];
  #out: Buffer[] = [];

  /** @param bootMs when it first says `boot`; Infinity: only when it is spoken to */
  constructor(firmware: Firmware, bootMs = 0) {
    this.#firmware = firmware;
    this.#bootMs = bootMs;
    this.#items = [
      ...Object.entries(firmware.metrics).map(([name, metric]) => writeMetric(name, metric)),
      ...Object.entries(firmware.commands).flatMap(([name, command]) => writeCommand(name, command)),
    ];
  }

  get isConnected(): boolean {
    return this.#session !== undefined;
  }

  /** To be called often. @returns what it sends of itself */
  poll(nowMs: number): Buffer {
    this.#nowMs = nowMs;
    if (this.#session === undefined) {
      if (nowMs >= this.#bootMs) this.#boot();
    } else {
      for (const sending of this.#sender.due(nowMs, this.#timeoutMs)) this.#sendReliable(sending);
      this.#next();
    }
    return this.#take();
  }

  /** @returns what it answers */
  receive(bytes: Uint8Array, nowMs = this.#nowMs): Buffer {
    this.#nowMs = nowMs;
    for (const item of this.#segments.push(bytes)) {
      if (item.type === "frame") this.#frame(item.frame);
      else if (item.type === "discard") this.#badFrames++;
    }
    return this.#take();
  }

  /** Values by name. @returns false if there was no room for it, or nobody to hear it */
  reading(values: Values, reliable: boolean): boolean {
    const names = Object.keys(this.#firmware.metrics);
    const placed = new Map<number, LinkValue>();
    for (const [name, value] of Object.entries(values)) {
      const type = this.#firmware.metrics[name]?.type ?? "number";
      placed.set(names.indexOf(name), toLink(value, type) ?? null);
    }
    return this.#tell({ type: "reading", values: placed }, reliable);
  }

  log(text: string, reliable: boolean): boolean {
    return this.#tell({ type: "log", text }, reliable);
  }

  /** Ends a command that is pending. */
  finish(key: number, ok: boolean): void {
    const run = this.#runs.find((one) => one.key === key && !one.ending);
    if (run) this.#end(run, ok ? { ok, result: new Map() } : { ok, reason: "failed" });
  }

  #tell(message: OwnMessage, reliable: boolean): boolean {
    if (reliable) {
      if (this.#sender.size >= MAX_WAITING) {
        this.#dropped++;
        return false;
      }
      this.#sender.add(writeDeviceMessage(message));
      this.#next();
      return true;
    }
    if (this.#session === undefined) return false;
    this.#send(message);
    return true;
  }

  #frame(frame: Frame): void {
    const read = readHostMessage(frame);
    const message = typeof read === "string" ? undefined : read;
    if (!message) this.#badFrames++;
    if (message?.type === "hello" && !frame.reliable) return this.#hello(message);
    if (this.#session === undefined) return this.#boot();
    if (message?.type === "ping" && message.session !== this.#session)
      return this.#send({ type: "boot", version: LINK_VERSION });
    const bits = message?.type === "ack" ? message.bits : 0;
    for (const sending of this.#sender.acknowledged(frame.ack, bits, this.#nowMs, this.#timeoutMs))
      this.#sendReliable(sending);
    if (!frame.reliable) this.#plain(message);
    else {
      // What came early is not kept, as a device need not: only the next is taken.
      if (frame.seq === this.#receiver.expected)
        for (const one of this.#receiver.take(frame.seq, message).contents) this.#reliable(one);
      this.#send({ type: "ack", bits: 0 });
    }
    this.#next();
  }

  #hello({ version, session, timeoutMs }: Extract<HostMessage, { type: "hello" }>): void {
    this.#timeoutMs = timeoutMs;
    if (version === LINK_VERSION && session !== this.#session) {
      this.#session = session;
      this.#receiver = new ReliableReceiver(0);
    }
    const { name, version: firmware, maxFrameBytes, window } = this.#firmware;
    this.#send({
      type: "welcome",
      version: LINK_VERSION,
      session,
      first: this.#sender.first,
      maxFrameBytes,
      window,
      items: this.#items.length,
      capabilities: KNOWS_TIME,
      name,
      firmware,
    });
  }

  #plain(message: HostMessage | undefined): void {
    if (message?.type === "ask") {
      const fields = this.#items[message.item];
      if (fields) this.#send({ type: "item", item: message.item, fields });
    } else if (message?.type === "ping") {
      this.#timeoutMs = message.timeoutMs;
      const { session, token } = message;
      const { retransmits } = this.#sender;
      this.#send({
        type: "pong",
        session,
        token,
        badFrames: this.#badFrames % COUNTS,
        retransmits: retransmits % COUNTS,
        dropped: this.#dropped % COUNTS,
      });
    }
  }

  #reliable(message: HostMessage | undefined): void {
    if (message?.type !== "call") return;
    const known = this.#runs.find(({ key }) => key === message.key);
    if (known) {
      if (known.ending) this.#sender.add(writeDeviceMessage(known.ending));
      return;
    }
    const run: Run = { key: message.key };
    const old = this.#runs.length < MAX_RUNS ? -1 : this.#runs.findIndex(({ ending }) => ending);
    if (this.#runs.length >= MAX_RUNS && old < 0) return this.#end(run, { ok: false, reason: "busy" });
    if (old >= 0) this.#runs.splice(old, 1);
    this.#runs.push(run);
    this.#run(run, message);
  }

  #run(run: Run, { command, args }: Extract<HostMessage, { type: "call" }>): void {
    const [name, description] = Object.entries(this.#firmware.commands)[command] ?? [];
    if (name === undefined || !description) return this.#end(run, { ok: false, reason: "unknown" });
    const known = Object.entries(description.arguments);
    const values: Record<string, Value> = {};
    for (const [place, raw] of args) {
      const [argument, { type } = { type: "text" as const }] = known[place] ?? [];
      const value = fromLink(raw, type);
      if (argument === undefined || value === undefined)
        return this.#end(run, { ok: false, reason: "invalid" });
      values[argument] = value;
    }
    try {
      const result = this.#firmware.run(name, values, run.key);
      if (result !== "pending") this.#end(run, { ok: true, result: linkValues(result) });
    } catch (cause) {
      this.#end(run, { ok: false, reason: String((cause as Error).message) });
    }
  }

  #end(
    run: Run,
    how: { ok: true; result: ReadonlyMap<string, LinkValue> } | { ok: false; reason: string },
  ): void {
    const { key } = run;
    run.ending = how.ok
      ? { type: "outcome", key, ok: true, result: new Map() }
      : { type: "outcome", key, ...how };
    this.#sender.add(writeDeviceMessage({ type: "outcome", key, ...how }));
    this.#next();
  }

  #boot(): void {
    this.#bootMs = this.#nowMs + BOOT_MS;
    this.#send({ type: "boot", version: LINK_VERSION });
  }

  #next(): void {
    if (this.#session === undefined) return;
    for (const sending of this.#sender.next(this.#nowMs, this.#timeoutMs)) this.#sendReliable(sending);
  }

  #send(message: OwnMessage): void {
    this.#write({ ...writeDeviceMessage(message), reliable: false, seq: this.#plainSeq });
    this.#plainSeq = after(this.#plainSeq);
  }

  #sendReliable({ seq, content }: Sending): void {
    this.#write({ ...content, reliable: true, seq });
  }

  #write(frame: Content & Pick<Frame, "reliable" | "seq">): void {
    this.#out.push(writeFrame({ ...frame, ack: this.#receiver.expected }));
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#out);
    this.#out = [];
    return bytes;
  }
}

function linkValues(values: Values): ReadonlyMap<string, LinkValue> {
  return new Map(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "number" && !Number.isInteger(value) ? new Float32(Math.fround(value)) : value,
    ]),
  );
}
