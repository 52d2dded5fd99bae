import type { ClockQuality } from "../base/index.ts";
import type { Discard } from "../codec/index.ts";
import type { CommandDescriptions, Metrics, Values } from "../message/index.ts";
import { writeFrame, type Frame } from "./frame.ts";
import { Heartbeat } from "./heartbeat.ts";
import { HostCalls, type Ended, type LinkCall } from "./host-calls.ts";
import { HostSession, type RawReading, type Understood } from "./host-session.ts";
import { FROM_DEVICE, FROM_HOST, LINK_VERSION } from "./kinds.table.ts";
import { QualityMeter, type LinkQuality } from "./link-quality.ts";
import { writeHostMessage, type Content, type DeviceMessage, type HostMessage } from "./messages.ts";
import { readDeviceMessage } from "./read-messages.ts";
import { Opening, type Greeting } from "./opening.ts";
import type { Sending } from "./reliable-sender.ts";
import { RoundTrip } from "./round-trip.ts";
import { SegmentReader } from "./segments.ts";
import { SelfDescription } from "./self-description.ts";
import { after } from "./sequence.ts";

/** The host's time. */
export interface LinkClock {
  /** On a clock that only goes forward, ms. */
  nowMs(): number;
  /** µs since 1970. */
  nowUs(): number;
  /** Whether that is known to be right. */
  readonly quality: ClockQuality;
}

export type LinkEvent =
  | { readonly type: "write"; readonly bytes: Buffer }
  | { readonly type: "reading"; readonly values: Values }
  /** All that the device measures and can do. */
  | { readonly type: "describe"; readonly metrics: Metrics; readonly commands: CommandDescriptions }
  | Ended
  | { readonly type: "log"; readonly text: string }
  | Discard<"noise" | "checksum" | "too-long" | "unparsable" | "unsupported">
  /** The device has answered: it is there, and understood. */
  | { readonly type: "sense" }
  | { readonly type: "wake"; readonly afterMs: number };

const MAX_SESSION = 0xffff;
/** Longest line for people, characters. */
const MAX_TEXT = 1_000;

/**
 * The host's end of the link. firmware-bridge/SPEC.md.
 *
 *   listening ──start()──► opening ──welcome──► open ──boot──► opening …
 *
 * One that only listens, as to what was recorded, takes any welcome and writes nothing.
 */
export class HostLink {
  readonly #clock: LinkClock;
  readonly #taken: readonly string[];
  readonly #segments = new SegmentReader(Object.values(FROM_DEVICE));
  readonly #calls: HostCalls;
  readonly #quality = new QualityMeter();
  readonly #roundTrip = new RoundTrip();
  #events: LinkEvent[] = [];
  #heartbeat: Heartbeat;
  #opening: Opening | undefined;
  #session: HostSession | undefined;
  #lastSession = 0;
  #plainSeq = 0;
  #proofToken = 0;
  #described = "";
  #strangerTold = false;
  #hasStarted = false;
  #wakeMs = Infinity;

  /**
   * @param taken names of metrics that the device may not have
   * @param timeoutMs of a command that does not say how long it may take
   */
  constructor(clock: LinkClock, taken: readonly string[] = [], timeoutMs?: number) {
    this.#calls = new HostCalls(timeoutMs);
    this.#clock = clock;
    this.#taken = taken;
    this.#heartbeat = new Heartbeat(clock.nowMs());
  }

  get isOpen(): boolean {
    return this.#session !== undefined && !this.#heartbeat.isLost;
  }

  /** Bytes taken in of which nothing has been told yet. */
  get pending(): number {
    return this.#segments.pending;
  }

  start(): LinkEvent[] {
    this.#hasStarted = true;
    this.#open();
    return this.#told();
  }

  push(chunk: Uint8Array): LinkEvent[] {
    for (const item of this.#segments.push(chunk)) {
      if (item.type === "frame") this.#frame(item.frame, item.bytes);
      else if (item.type === "text") this.#log(item.text);
      else this.#discard(item);
      this.#work();
    }
    return this.#told();
  }

  /** The time of a `wake` has come. */
  wake(): LinkEvent[] {
    this.#wakeMs = Infinity;
    this.#work();
    return this.#told();
  }

  call(call: LinkCall): LinkEvent[] {
    this.#events.push(...this.#calls.add(call, this.#clock.nowMs()));
    this.#work();
    return this.#told();
  }

  cancel(id: string): LinkEvent[] {
    this.#calls.cancel(id, this.#session?.sender);
    this.#work();
    return this.#told();
  }

  /** Begins to measure anew. */
  takeQuality(): LinkQuality {
    return this.#quality.take();
  }

  /** Does what it is time for, and says when it is next. */
  #work(): void {
    if (!this.#hasStarted) return;
    const nowMs = this.#clock.nowMs();
    if (this.#opening) this.#greet(this.#opening, nowMs);
    if (this.#session) this.#serve(this.#session, nowMs);
    const dueMs = Math.min(
      this.#opening?.dueMs ?? Infinity,
      this.#session ? Math.min(this.#session.dueMs, this.#heartbeat.dueMs) : Infinity,
    );
    if (dueMs >= this.#wakeMs) return;
    this.#wakeMs = dueMs;
    this.#events.push({ type: "wake", afterMs: Math.max(1, Math.ceil(dueMs - nowMs)) });
  }

  #greet(opening: Opening, nowMs: number): void {
    const { session } = opening;
    const { timeoutMs } = this.#roundTrip;
    const what = opening.due(nowMs);
    if (what === "hello") this.#send({ type: "hello", version: LINK_VERSION, session, timeoutMs });
    if (what === "ping") this.#send({ type: "ping", session, token: ++this.#proofToken, timeoutMs });
  }

  #serve(session: HostSession, nowMs: number): void {
    const { sender, discovery } = session;
    const { timeoutMs } = this.#roundTrip;
    if (session.isTimeDue(nowMs)) this.#send(this.#time());
    const token = this.#heartbeat.due(nowMs);
    if (token !== undefined) this.#send({ type: "ping", session: session.session, token, timeoutMs });
    if (this.#heartbeat.losing(nowMs)) this.#log("the link is lost: nothing valid has come for 3 s");
    const item = discovery.due(nowMs, timeoutMs);
    if (item !== undefined) this.#send({ type: "ask", item });
    this.#calls.expire(sender, nowMs);
    const { description, maxFrameBytes } = session;
    if (description) this.#events.push(...this.#calls.place({ sender, description, maxFrameBytes }, nowMs));
    this.#again(sender.due(nowMs, timeoutMs));
    for (const sending of sender.next(nowMs, timeoutMs)) this.#sendReliable(sending);
    if (session.isAckDue(nowMs)) this.#send({ type: "ack", bits: session.receiver.bits });
  }

  #frame(frame: Frame, bytes: number): void {
    const message = understand(frame);
    if (this.#heartbeat.heard(this.#clock.nowMs())) this.#log("the link is back");
    if (typeof message === "object" && message.type === "boot") return this.#boot(message.version);
    const isHeard = !this.#hasStarted && typeof message === "object" && message.type === "welcome";
    if (this.#session && !isHeard)
      return this.#inSession(this.#session, frame, { message, bytes, isReliable: frame.reliable });
    if (typeof message === "string") this.#discard({ type: "discard", bytes, reason: message });
    else this.#beforeSession(message, frame.ack);
  }

  #beforeSession(message: DeviceMessage, ack: number): void {
    const nowMs = this.#clock.nowMs();
    if (message.type === "stranger") return this.#stranger(message.version);
    if (message.type === "welcome") {
      const greeting = { welcome: message, ack };
      const begun = this.#opening ? this.#opening.welcomed(greeting, nowMs) : greeting;
      if (begun) this.#begin(begun);
    } else if (message.type === "pong" && message.token === this.#proofToken) {
      const begun = this.#opening?.proved(message.session);
      if (begun) this.#begin(begun);
    }
  }

  #open(): void {
    const nowMs = this.#clock.nowMs();
    // At random: what the microseconds of a moment are.
    let session = 1 + (Math.abs(Math.trunc(this.#clock.nowUs())) % MAX_SESSION);
    if (session === this.#lastSession) session = 1 + (session % MAX_SESSION);
    this.#lastSession = session;
    this.#session = undefined;
    this.#opening = new Opening(session, nowMs);
    this.#work();
  }

  #begin(greeting: Greeting): void {
    const { name, firmware } = greeting.welcome;
    this.#opening = undefined;
    this.#quality.begin();
    this.#heartbeat = new Heartbeat(this.#clock.nowMs());
    this.#session = new HostSession(greeting, this.#clock.nowMs());
    this.#log(`connected to ${name}, firmware ${firmware}`);
    this.#discovered(this.#session);
  }

  /** The device was reset, or knows of no session. */
  #boot(version: number): void {
    if (version !== LINK_VERSION) return this.#stranger(version);
    this.#quality.reset();
    if (this.#opening) return this.#opening.boot();
    if (!this.#session) return;
    const { sender } = this.#session;
    this.#log("the device was reset");
    this.#events.push(...this.#calls.reset(sender, this.#clock.nowMs()));
    this.#session = undefined;
    if (this.#hasStarted) this.#open();
  }

  #stranger(version: number): void {
    if (this.#strangerTold) return;
    this.#strangerTold = true;
    this.#log(`the device speaks version ${version} of the link, this agent ${LINK_VERSION}`);
  }

  #inSession(session: HostSession, frame: Frame, understood: Understood): void {
    const nowMs = this.#clock.nowMs();
    const { message } = understood;
    const bits = typeof message === "object" && message.type === "ack" ? message.bits : 0;
    this.#again(session.sender.acknowledged(frame.ack, bits, nowMs, this.#roundTrip.timeoutMs));
    if (!frame.reliable) {
      this.#quality.heard(frame.seq);
      return this.#take(session, understood);
    }
    if (!session.hasRoom) return;
    const { contents, isOdd } = session.receiver.take(frame.seq, understood);
    session.owe(isOdd, nowMs);
    for (const content of contents) this.#take(session, content);
  }

  #take(session: HostSession, { message, bytes, isReliable }: Understood): void {
    if (typeof message === "string") return this.#discard({ type: "discard", bytes, reason: message });
    switch (message.type) {
      case "pong":
        return this.#pong(session, message);
      case "item":
        session.discovery.take(message.item, message.fields, this.#clock.nowMs());
        return this.#discovered(session);
      case "reading":
        return this.#reading(session, { values: message.values, bytes, isReliable });
      case "outcome":
        return void this.#events.push(...this.#calls.ended(message));
      case "log":
        return this.#log(message.text);
      default:
    }
  }

  #pong({ session }: HostSession, pong: Extract<DeviceMessage, { type: "pong" }>): void {
    if (pong.session !== session) return;
    const rttMs = this.#heartbeat.pong(pong.token, this.#clock.nowMs());
    if (rttMs !== undefined) this.#roundTrip.measured(rttMs);
    this.#quality.pong(pong, rttMs);
    this.#events.push({ type: "sense" });
  }

  /** All of the items may be there. */
  #discovered(session: HostSession): void {
    if (session.description || !session.discovery.isDone) return;
    session.description = new SelfDescription(session.discovery.items, this.#taken);
    const { metrics, commands, faults } = session.description;
    for (const fault of faults) this.#log(`of the device's description, ${fault}`);
    const described = JSON.stringify([Object.entries(metrics), Object.entries(commands)]);
    if (described !== this.#described) this.#events.push({ type: "describe", metrics, commands });
    this.#described = described;
    for (const reading of session.takeHeld()) this.#reading(session, reading);
  }

  #reading(session: HostSession, reading: RawReading): void {
    if (!session.description) {
      if (session.hold(reading)) this.#quality.count("dropped");
      return;
    }
    const values = session.description.values(reading.values);
    if (!values) return this.#discard({ type: "discard", bytes: reading.bytes, reason: "unparsable" });
    if (Object.keys(values).length > 0) this.#events.push({ type: "reading", values });
  }

  #time(): HostMessage {
    const nowMs = Math.floor(this.#clock.nowUs() / 1_000);
    return {
      type: "time",
      seconds: Math.floor(nowMs / 1_000),
      milliseconds: nowMs % 1_000,
      synced: this.#clock.quality === "synced",
    };
  }

  #send(message: HostMessage): void {
    const content = writeHostMessage(message);
    this.#write({ ...content, reliable: false, seq: this.#plainSeq, ack: 0 });
    this.#plainSeq = after(this.#plainSeq);
  }

  /** Those that were lost. */
  #again(sendings: readonly Sending[]): void {
    for (const sending of sendings) {
      this.#quality.count("retransmits");
      this.#sendReliable(sending);
    }
  }

  #sendReliable({ seq, content }: Sending): void {
    this.#write({ ...content, reliable: true, seq, ack: 0 });
  }

  #write(frame: Content & Frame): void {
    if (!this.#hasStarted) return;
    const session = this.#session;
    this.#events.push({
      type: "write",
      bytes: writeFrame({ ...frame, ack: session?.receiver.expected ?? 0 }),
    });
    session?.wrote(frame, FROM_HOST.ack);
  }

  #log(text: string): void {
    this.#events.push({ type: "log", text: text.slice(0, MAX_TEXT) });
  }

  #discard(discard: Extract<LinkEvent, { type: "discard" }>): void {
    this.#quality.count("badFrames");
    this.#events.push(discard);
  }

  #told(): LinkEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

/** Kinds that are never reliable, and one that always is. */
const PLAIN: ReadonlySet<number> = new Set([
  FROM_DEVICE.ack,
  FROM_DEVICE.boot,
  FROM_DEVICE.welcome,
  FROM_DEVICE.pong,
  FROM_DEVICE.item,
]);

function understand(frame: Frame): Understood["message"] {
  const isAmiss = frame.reliable ? PLAIN.has(frame.kind) : frame.kind === FROM_DEVICE.outcome;
  return isAmiss ? "unsupported" : readDeviceMessage(frame);
}
