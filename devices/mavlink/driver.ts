import * as Type from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import { LINE_8N1, type Call, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import type { Values } from "../../src/message/index.ts";
import { COMMANDS, intervalOrder, orderOf } from "./commands.ts";
import { Dialogue } from "./dialogue.ts";
import { Fields } from "./fields.ts";
import { messageNamed, messageWithId, READ_MESSAGES } from "./messages.ts";
import { METRICS } from "./metrics.table.ts";
import { MAVLINK_FRAMES, packetOf, type Packet, type Version } from "./protocol.ts";
import { Sender } from "./sender.ts";
import { MavlinkSimulator } from "./simulator.ts";
import { StatusText } from "./status-text.ts";
import { Traffic } from "./traffic.ts";

export interface MavlinkSettings {
  readonly messages: readonly string[];
  readonly intervals: Readonly<Record<string, number>>;
  readonly system: number;
  readonly heartbeat: boolean;
  readonly ownSystem: number;
  readonly ownComponent: number;
  readonly version: Version;
}

/** Autopilots that speak MAVLink 1 or 2: ArduPilot, PX4 and others. One message, one reading. */
export const mavlink: Driver<MavlinkSettings> = {
  name: "mavlink",
  title: "autopilots (MAVLink 1 and 2: ArduPilot, PX4)",
  settings: Type.Object({
    messages: Type.Array(Type.Enum(READ_MESSAGES), {
      description: "messages that become readings; the others are counted as unsupported",
      default: READ_MESSAGES,
    }),
    intervals: Type.Record(
      Type.String({ pattern: `^(?:${READ_MESSAGES.join("|")})$` }),
      Type.Integer({ minimum: 0, maximum: 3_600_000 }),
      {
        description:
          "how often the vehicle is asked to send a message, ms, each time it is heard anew; 0: never. Others come as it likes",
        default: { SYS_STATUS: 1_000, GPS_RAW_INT: 1_000 },
      },
    ),
    system: Type.Integer({
      description:
        "id of the vehicle; readings of others are refused. 0: all, and commands are for the first heard",
      minimum: 0,
      maximum: 255,
      default: 0,
    }),
    heartbeat: Type.Boolean({
      description: "send a heartbeat each second; without it many vehicles send nothing but their own",
      default: true,
    }),
    ownSystem: Type.Integer({
      description:
        "our own id as a system. Ground stations have 255: a vehicle may act when they fall silent",
      minimum: 1,
      maximum: 255,
      default: 254,
    }),
    ownComponent: Type.Integer({
      description: "our own id as a component; 191 is a computer on board",
      minimum: 1,
      maximum: 255,
      default: 191,
    }),
    version: Type.Enum([1, 2], {
      description: "the MAVLink that is written; both are read. 1 for autopilots that know no other",
      default: 2,
    }),
  }),
  line: { ...LINE_8N1, baudRate: 57_600 },
  describe: () => ({ metrics: METRICS, commands: COMMANDS, silenceMs: 5_000 }),
  open: (settings) => new MavlinkSession(settings),
  simulate: ({ system }, random) => new MavlinkSimulator(system, random),
};

const TICK_MS = 1_000;
/** Every so many ticks the traffic is told. */
const TRAFFIC_TICKS = 10;
/** A vehicle that was silent for so long may have started anew, and has forgotten what it was asked for. */
const LOST_TICKS = 5;

const HEARTBEAT = messageNamed("HEARTBEAT").id;
const COMMAND_ACK = messageNamed("COMMAND_ACK").id;
const PARAM_VALUE = messageNamed("PARAM_VALUE").id;
const STATUSTEXT = messageNamed("STATUSTEXT").id;
/** A radio speaks for itself, under an id of its own. */
const RADIO_STATUS = messageNamed("RADIO_STATUS").id;
/** MAV_AUTOPILOT_INVALID: who sends this is no vehicle. */
const NO_AUTOPILOT = 8;
/** MAV_TYPE_ONBOARD_CONTROLLER, MAV_STATE_ACTIVE, the version of the heartbeat itself. */
const OUR_HEARTBEAT = { type: 18, autopilot: NO_AUTOPILOT, system_status: 4, mavlink_version: 3 } as const;

class MavlinkSession implements Session {
  readonly #settings: MavlinkSettings;
  readonly #wanted: ReadonlySet<string>;
  readonly #frames = new FrameScanner(...MAVLINK_FRAMES);
  readonly #traffic = new Traffic();
  readonly #texts = new StatusText();
  readonly #sender: Sender;
  readonly #dialogue: Dialogue;
  /** Id of the system that commands go to; 0 until one is heard. */
  #vehicle = 0;
  #ticks = 0;
  /** Ticks since the vehicle's last heartbeat. */
  #silentTicks = LOST_TICKS;

  constructor(settings: MavlinkSettings) {
    this.#settings = settings;
    this.#wanted = new Set(settings.messages);
    const { version, ownSystem: system, ownComponent: component } = settings;
    this.#sender = new Sender({ version, system, component });
    this.#dialogue = new Dialogue(this.#sender);
  }

  start(): readonly DriverEvent[] {
    return [...this.#heartbeat(), { type: "wake", afterMs: TICK_MS }];
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#packet(packetOf(item.bytes), item.bytes.length, events);
    }
    return events;
  }

  run({ id: call, name, args }: Call): readonly DriverEvent[] {
    const order = orderOf(name, args);
    if ("fault" in order) return [{ type: "outcome", call, outcome: { ok: false, reason: order.fault } }];
    const events: DriverEvent[] = [];
    this.#dialogue.add({ call, title: name, order }, events);
    return events;
  }

  cancel(call: string): readonly DriverEvent[] {
    this.#dialogue.cancel(call);
    return [];
  }

  wake(): readonly DriverEvent[] {
    const events = this.#heartbeat();
    this.#ticks++;
    this.#silentTicks++;
    const traffic = this.#ticks % TRAFFIC_TICKS === 0 ? this.#traffic.take() : undefined;
    if (traffic) events.push({ type: "reading", values: traffic });
    this.#dialogue.tick(events);
    events.push({ type: "wake", afterMs: TICK_MS });
    return events;
  }

  #heartbeat(): DriverEvent[] {
    return this.#settings.heartbeat
      ? [{ type: "write", bytes: this.#sender.write("HEARTBEAT", OUR_HEARTBEAT) }]
      : [];
  }

  #packet(packet: Packet, bytes: number, events: DriverEvent[]): void {
    const { system, component, seq, id, payload } = packet;
    const message = messageWithId(id);
    const isOurs = system === this.#settings.ownSystem && component === this.#settings.ownComponent;
    const isWanted = this.#settings.system === 0 || system === this.#settings.system || id === RADIO_STATUS;
    if (!isOurs && isWanted) {
      this.#traffic.count(system, component, seq);
      if (message && this.#take(packet, message.name, new Fields(message.layout, payload), events)) return;
    }
    events.push({ type: "discard", bytes, reason: "unsupported" });
  }

  /** @returns whether something came of it */
  #take(packet: Packet, name: string, fields: Fields, events: DriverEvent[]): boolean {
    switch (packet.id) {
      case COMMAND_ACK:
        if (packet.system === this.#vehicle) this.#dialogue.acknowledged(fields, events);
        return true;
      case PARAM_VALUE:
        return packet.system === this.#vehicle && this.#dialogue.parameter(fields, events);
      case STATUSTEXT: {
        const text = this.#texts.take(fields);
        if (text !== undefined) events.push({ type: "log", text });
        return true;
      }
      default:
        return this.#reading(packet, name, fields, events);
    }
  }

  #reading({ id, system, component }: Packet, name: string, fields: Fields, events: DriverEvent[]): boolean {
    const found = messageWithId(id)?.values?.(fields);
    if (!found) return false;
    const values: Values = { message: name, system, component, ...found };
    const isWanted = this.#wanted.has(name);
    // It is a vehicle all the same, if nothing of it is to become a reading.
    events.push(isWanted ? { type: "reading", values } : { type: "sense" });
    if (id === HEARTBEAT) this.#vehicleHeard(system, component, fields.number("autopilot"), events);
    // What was asked for is its answer, also if it is to become no reading.
    if (system === this.#vehicle) this.#dialogue.message(id, values, events);
    return isWanted;
  }

  #vehicleHeard(system: number, component: number, autopilot: number, events: DriverEvent[]): void {
    const isNew = this.#silentTicks >= LOST_TICKS;
    if (autopilot === NO_AUTOPILOT || (!isNew && system !== this.#vehicle)) return;
    this.#vehicle = system;
    this.#silentTicks = 0;
    this.#dialogue.heard({ system, component, autopilot }, events);
    if (!isNew) return;
    for (const [name, intervalMs] of Object.entries(this.#settings.intervals))
      this.#dialogue.add(
        { title: `interval of ${name}`, order: intervalOrder(messageNamed(name).id, intervalMs) },
        events,
      );
  }
}
