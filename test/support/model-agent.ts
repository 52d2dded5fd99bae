import { DunlinError } from "../../src/base/index.ts";
import { endpointsOf, Server } from "../../src/bus/index.ts";
import {
  decodeQuery,
  encode,
  encodeError,
  encodeReading,
  encodeResult,
  isAfter,
  telemetryTopic,
  type Cursor,
  type JournalState,
  type LostRange,
  type Query,
  type Reading,
} from "../../src/message/index.ts";

/** What outlives an agent: its readings that were committed, and how far each epoch went. */
export class ModelJournal {
  readonly #streams = new Map<string, Reading[]>();
  readonly #ends = new Map<string, Map<number, number>>();

  commit(device: string, readings: readonly Reading[]): void {
    const stream = this.of(device);
    const ends = this.#ends.get(device) ?? new Map<number, number>();
    this.#ends.set(device, ends);
    for (const reading of readings) {
      stream.push(reading);
      ends.set(reading.epoch, reading.seq);
    }
  }

  of(device: string): Reading[] {
    const stream = this.#streams.get(device) ?? [];
    this.#streams.set(device, stream);
    return stream;
  }

  retain(device: string, deleted: number): void {
    this.of(device).splice(0, deleted);
  }

  timeCursor(device: string, fromUs: number): Cursor {
    const at = this.of(device).findIndex(({ time }) => time >= fromUs);
    const { epoch, seq } = this.of(device).at(at) ?? { epoch: 0, seq: 0 };
    return at < 0 ? { epoch, seq } : { epoch, seq: seq - 1 };
  }

  replay(device: string, after: Cursor, limit: number): Readonly<Record<string, unknown>> {
    const stream = this.of(device);
    const first = stream.findIndex((reading) => isAfter(reading, after));
    const readings = first < 0 ? [] : stream.slice(first, first + limit);
    const more = first >= 0 && first + limit < stream.length;
    const last = readings.at(-1) ?? after;
    const end = more ? last : this.#end(device, last);
    return { readings, lost: this.#holes(device, after, readings, end), next: end, more };
  }

  #end(device: string, last: Cursor): Cursor {
    const [epoch, seq] = [...(this.#ends.get(device) ?? [])].at(-1) ?? [0, 0];
    return isAfter({ epoch, seq }, last) ? { epoch, seq } : { epoch: last.epoch, seq: last.seq };
  }

  /** Holes in every epoch that is known, from the cursor on. */
  #holes(device: string, after: Cursor, readings: readonly Reading[], to: Cursor): LostRange[] {
    const lost: LostRange[] = [];
    for (const [epoch, end] of this.#ends.get(device) ?? []) {
      if (epoch < after.epoch || epoch > to.epoch) continue;
      let seq = epoch === after.epoch ? after.seq : 0;
      for (const reading of readings) {
        if (reading.epoch !== epoch) continue;
        if (reading.seq > seq + 1) lost.push({ epoch, from: seq + 1, to: reading.seq - 1 });
        seq = reading.seq;
      }
      const last = epoch === to.epoch ? to.seq : end;
      if (last > seq) lost.push({ epoch, from: seq + 1, to: last });
    }
    return lost;
  }
}

const DEVICE = { driver: "sim", metrics: {}, commands: {}, state: "online", since: 0 };

interface ModelOptions {
  readonly port: number;
  readonly epoch: number;
  readonly journal: ModelJournal;
  readonly devices: readonly string[];
  readonly journalState?: JournalState["state"];
}

/** An agent as a subscriber sees it, on real sockets, of which a test decides what it publishes, commits and answers. */
export class ModelAgent {
  readonly #options: ModelOptions;
  readonly #pending = new Map<string, Reading[]>();
  readonly #durable: Record<string, number> = {};
  readonly #streams: Record<string, number> = {};
  #server: Server | undefined;
  journalState: JournalState["state"];
  /** Every query for a replay that came. */
  readonly queries: Query[] = [];
  /** Answers the queries that come next, instead of the journal. */
  refusal: DunlinError | undefined;

  private constructor(options: ModelOptions) {
    this.#options = options;
    this.journalState = options.journalState ?? "ok";
    for (const device of options.devices) this.#streams[device] = 0;
  }

  static async open(options: ModelOptions): Promise<ModelAgent> {
    const agent = new ModelAgent(options);
    agent.#server = await Server.open(endpointsOf("127.0.0.1", options.port), {
      onSubscribe: (prefix) => {
        if ("state/pi/".startsWith(prefix)) agent.#say("birth");
      },
      onCommand: () => {},
      onQuery: (body) => agent.#answer(decodeQuery(body)),
    });
    return agent;
  }

  /** @param fate `unseen`: it never comes live */
  publish(device: string, count: number, fate: "seen" | "unseen" = "seen"): void {
    const { epoch } = this.#options;
    for (let i = 0; i < count; i++) {
      const seq = (this.#streams[device] = (this.#streams[device] ?? 0) + 1);
      const reading: Reading = { epoch, seq, time: epoch * 1e9 + seq, clock: "synced", values: { n: seq } };
      const pending = this.#pending.get(device) ?? [];
      pending.push(reading);
      this.#pending.set(device, pending);
      const topic = Buffer.from(telemetryTopic("pi", device));
      if (fate === "seen") this.#server?.publish([topic, encodeReading(reading)]);
    }
  }

  commit(): void {
    for (const [device, readings] of this.#pending) {
      this.#options.journal.commit(device, readings);
      this.#durable[device] = readings.at(-1)?.seq ?? 0;
    }
    this.#pending.clear();
  }

  heartbeat(): void {
    this.#say("heartbeat");
  }

  close(): void {
    this.#server?.close();
  }

  #say(type: "birth" | "heartbeat"): void {
    this.#server?.publish([Buffer.from("state/pi/"), encode(this.#state(type))]);
  }

  #state(type: "birth" | "heartbeat"): Readonly<Record<string, unknown>> {
    const { epoch } = this.#options;
    const devices = Object.entries(this.#streams).map(([device, seq]) => [device, { ...DEVICE, seq }]);
    return {
      type,
      epoch,
      time: 0,
      clock: "synced",
      durable: this.#durable,
      journal: { state: this.journalState },
      protocol: 1,
      agent: "pi",
      version: "0",
      labels: {},
      ...(type === "birth" ? { devices: Object.fromEntries(devices) } : { streams: this.#streams }),
    };
  }

  #answer(query: Query): Buffer {
    if (query.query === "describe") return encodeResult(this.#state("birth"));
    this.queries.push(query);
    if (this.refusal) return encodeError(this.refusal);
    if (this.journalState === "off") return encodeError(new DunlinError("not-found", "there is no journal"));
    const { journal } = this.#options;
    const { device, epoch = 0, seq = 0, from, limit = 4_000 } = query as unknown as Asked;
    const after = from === undefined ? { epoch, seq } : journal.timeCursor(device, from);
    return encodeResult(journal.replay(device, after, Math.min(limit, 1_000)));
  }
}

interface Asked {
  readonly device: string;
  readonly epoch?: number;
  readonly seq?: number;
  readonly from?: number;
  readonly limit?: number;
}
