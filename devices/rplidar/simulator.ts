import { FrameScanner, INCOMPLETE, xor8, type FrameFormat } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { COMMANDS, writeDescriptor } from "./protocol.ts";
import { SimulatedRoom } from "./simulated-room.ts";
import { writeCapsule, writeNode } from "./writing.ts";

const SYNC = 0xa5;
/** Ten turns a second, 400 points each: an A2's. */
const TURN_MS = 100;
const POINTS_PER_TURN = 400;
const SAMPLES = 32;
const CAPSULE_STEP = (SAMPLES / POINTS_PER_TURN) * 360;
const QUALITY = 47;
/** Model A2M8, firmware 1.29, hardware 5. */
const INFO = Buffer.from("281d0105" + "00112233445566778899aabbccddeeff", "hex");
const GOOD = Buffer.from([0, 0, 0]);
const BOOT_TEXT = "RP LIDAR System.\r\nFirmware Ver 1.29 - HW Ver 5\r\nModel: 28\r\n";

const REQUESTS: FrameFormat = {
  sync: [SYNC],
  headBytes: 2,
  maxBytes: 4 + 255,
  // Commands from 0x80 on have a payload.
  lengthOf: (bytes, at) => {
    if ((bytes[at + 1] ?? 0) < 0x80) return 2;
    return at + 2 < bytes.length ? 4 + (bytes[at + 2] ?? 0) : INCOMPLETE;
  },
  isIntact: (bytes, start, end) => end - start === 2 || xor8(bytes, start, end) === 0,
};

/** A lidar in a room that somebody walks about in. It says nothing before it is told to, as all do. */
export class LidarSimulator implements Simulator {
  readonly #requests = new FrameScanner(REQUESTS);
  readonly #room: SimulatedRoom;
  #scan: "express" | "standard" | undefined;
  /** Where the next capsule begins, degrees. */
  #angle = 0;
  #isFirst = true;

  constructor(random: () => number) {
    this.#room = new SimulatedRoom(random);
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    if (this.#scan === undefined) return { bytes: Buffer.alloc(0), afterMs: TURN_MS };
    this.#room.walk();
    return { bytes: this.#scan === "standard" ? this.#nodes() : this.#capsules(), afterMs: TURN_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const answers = this.#requests
      .push(bytes)
      .map((item) => (item.type === "frame" ? this.#obey(item.bytes[1] ?? 0) : Buffer.alloc(0)));
    return Buffer.concat(answers);
  }

  #obey(command: number): Buffer {
    switch (command) {
      case COMMANDS.stop:
        this.#scan = undefined;
        break;
      case COMMANDS.reset:
        this.#scan = undefined;
        return Buffer.from(BOOT_TEXT, "latin1");
      case COMMANDS.scan:
        return this.#begin("standard", 0x81);
      case COMMANDS.express:
        return this.#begin("express", 0x82);
      case COMMANDS.info:
        return Buffer.concat([writeDescriptor(0x04), INFO]);
      case COMMANDS.health:
        return Buffer.concat([writeDescriptor(0x06), GOOD]);
      default:
    }
    return Buffer.alloc(0);
  }

  #begin(scan: "express" | "standard", type: number): Buffer {
    this.#scan = scan;
    this.#isFirst = true;
    this.#angle = 137;
    return writeDescriptor(type);
  }

  #nodes(): Buffer {
    const nodes = Array.from({ length: POINTS_PER_TURN }, (_, i) => {
      const angle = (i / POINTS_PER_TURN) * 360;
      const distance = this.#room.distanceAt(angle);
      return writeNode({ isStart: i === 0, angle, distance, quality: distance > 0 ? QUALITY : 0 });
    });
    return Buffer.concat(nodes);
  }

  /** As many as a turn takes, which is no whole number. */
  #capsules(): Buffer {
    const capsules: Buffer[] = [];
    for (const end = this.#angle + 360; this.#angle < end; this.#angle += CAPSULE_STEP) {
      const startAngle = this.#angle % 360;
      const distances = Array.from({ length: SAMPLES }, (_, i) =>
        Math.round(this.#room.distanceAt(startAngle + (i / SAMPLES) * CAPSULE_STEP)),
      );
      capsules.push(writeCapsule({ isFirst: this.#isFirst, startAngle, distances }));
      this.#isFirst = false;
    }
    this.#angle %= 360;
    return Buffer.concat(capsules);
  }
}
