import { FrameScanner, INCOMPLETE, type FrameFormat } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import {
  MODES,
  sevenBits,
  SYSEX_IDS,
  writeAnalogInput,
  writePort,
  writeSysex,
  writeText,
  writeVersion,
} from "./protocol.ts";

const NONE = 0x7f;
const MAX_REQUEST_BYTES = 64;
const PWM_PINS = [3, 5, 6, 9, 10, 11];
const FIRST_ANALOG = 14;
const PINS = 20;
const ANALOG_BITS = 10;
const DEFAULT_SAMPLING_MS = 19;

/** What a host sends: messages of one, two or three bytes, and sysex. */
const REQUEST_BYTES: readonly (readonly [first: number, count: number, bytes: number])[] = [
  [0x90, 16, 3],
  [0xc0, 16, 2],
  [0xd0, 16, 2],
  [0xe0, 16, 3],
  [0xf4, 2, 3],
  [0xf9, 1, 1],
  [0xff, 1, 1],
];

const REQUESTS: readonly FrameFormat[] = REQUEST_BYTES.flatMap(([from, count, length]) =>
  Array.from({ length: count }, (_, i) => ({
    sync: [from + i],
    headBytes: length,
    maxBytes: length,
    lengthOf: (bytes: Buffer, at: number) =>
      bytes.subarray(at + 1, at + length).every((byte) => byte < 0x80) ? length : 0,
    isIntact: () => true,
  })),
);

const SYSEX: FrameFormat = {
  sync: [0xf0],
  headBytes: 2,
  maxBytes: MAX_REQUEST_BYTES,
  lengthOf: (bytes, at) => {
    const rest = bytes.subarray(at + 1, at + MAX_REQUEST_BYTES);
    const end = rest.findIndex((byte) => byte >= 0x80);
    if (end < 0) return rest.length < MAX_REQUEST_BYTES - 1 ? INCOMPLETE : 0;
    return rest[end] === 0xf7 ? end + 2 : 0;
  },
  isIntact: () => true,
};

/**
 * An Arduino Uno with StandardFirmata 2.5 that runs already: something at A0 that is lit and dims, a switch at pin 2 that somebody presses
 * now and then. It says nothing before it is asked.
 */
export class FirmataSimulator implements Simulator {
  readonly #random: () => number;
  readonly #requests = new FrameScanner(SYSEX, ...REQUESTS);
  readonly #modes: number[] = Array.from({ length: PINS }, (_, pin) =>
    pin < FIRST_ANALOG ? MODES.output : MODES.analog,
  );
  readonly #states: number[] = Array.from({ length: PINS }, () => 0);
  readonly #channels = new Set<number>();
  readonly #ports = new Set<number>();
  #samplingMs = DEFAULT_SAMPLING_MS;
  #light = 0.5;
  #isPressed = false;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    this.#light = Math.min(1, Math.max(0, this.#light + (this.#random() - 0.5) * 0.02));
    const wasPressed = this.#isPressed;
    if (this.#random() < 0.1) this.#isPressed = !this.#isPressed;
    const changed = wasPressed === this.#isPressed ? [] : [...this.#ports].filter((port) => port === 0);
    const bytes = [
      ...changed.map((port) => this.#portMessage(port)),
      ...[...this.#channels].toSorted((one, other) => one - other).map((channel) => this.#analog(channel)),
    ];
    return { bytes: Buffer.concat(bytes), afterMs: this.#samplingMs };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const answers = this.#requests
      .push(bytes)
      .map((item) => (item.type === "frame" ? this.#obey(item.bytes) : Buffer.alloc(0)));
    return Buffer.concat(answers);
  }

  #obey(request: Buffer): Buffer {
    const [first = 0, second = 0, third = 0] = request;
    if (first === 0xf0) return this.#sysex(second, request.subarray(2, -1));
    if (first === 0xf9) return writeVersion(2, 5);
    if (first === 0xf4) this.#setMode(second, third);
    if (first === 0xf5 && second < PINS) this.#states[second] = third;
    if (first >> 4 === 0x9) this.#setPort(first & 0x0f, second | (third << 7));
    if (first >> 4 === 0xe && (first & 0x0f) < PINS) this.#states[first & 0x0f] = second | (third << 7);
    if (first >> 4 === 0xc)
      return this.#report(this.#channels, first & 0x0f, second, () => this.#analog(first & 0x0f));
    if (first >> 4 === 0xd)
      return this.#report(this.#ports, first & 0x0f, second, () => this.#portMessage(first & 0x0f));
    return Buffer.alloc(0);
  }

  /** What is enabled is told at once. protocol.md, "As of Firmata 2.4.0". */
  #report(reported: Set<number>, which: number, isOn: number, now: () => Buffer): Buffer {
    if (isOn === 0) reported.delete(which);
    else reported.add(which);
    return isOn === 0 ? Buffer.alloc(0) : now();
  }

  #sysex(id: number, data: Buffer): Buffer {
    switch (id) {
      case SYSEX_IDS.firmware:
        return writeText(SYSEX_IDS.firmware, [2, 5], "StandardFirmata.ino");
      case SYSEX_IDS.capabilityQuery:
        return writeSysex(
          SYSEX_IDS.capabilities,
          ...Array.from({ length: PINS }, (_, pin) => modesOf(pin)).flat(),
        );
      case SYSEX_IDS.mappingQuery:
        return writeSysex(
          SYSEX_IDS.mapping,
          ...Array.from({ length: PINS }, (_, pin) => (pin < FIRST_ANALOG ? NONE : pin - FIRST_ANALOG)),
        );
      case SYSEX_IDS.pinStateQuery:
        return this.#pinState(data[0] ?? NONE);
      case SYSEX_IDS.extendedAnalog:
        if ((data[0] ?? NONE) < PINS) this.#states[data[0] ?? 0] = sevenBits(data, 1);
        break;
      case SYSEX_IDS.sampling:
        this.#samplingMs = Math.max(1, sevenBits(data, 0, 2));
        break;
      default:
    }
    return Buffer.alloc(0);
  }

  #pinState(pin: number): Buffer {
    if (pin >= PINS) return writeSysex(SYSEX_IDS.pinState, pin);
    const state = this.#states[pin] ?? 0;
    const bytes = state > NONE ? [state & 0x7f, state >> 7] : [state];
    return writeSysex(SYSEX_IDS.pinState, pin, this.#modes[pin] ?? 0, ...bytes);
  }

  #setMode(pin: number, mode: number): void {
    const modes = modesOf(pin);
    const isPossible = modes.some((one, i) => i % 2 === 0 && one === mode && one !== NONE);
    if (!isPossible) return;
    this.#modes[pin] = mode;
    this.#states[pin] = mode === MODES.pullup ? 1 : 0;
  }

  #setPort(port: number, bits: number): void {
    for (let pin = port * 8; pin < Math.min(PINS, port * 8 + 8); pin++)
      if (this.#modes[pin] === MODES.output) this.#states[pin] = (bits >> (pin % 8)) & 1;
  }

  #analog(channel: number): Buffer {
    const noise = this.#random() * 3;
    const value = channel === 0 ? this.#light * 1_000 + noise : 20 + noise;
    return writeAnalogInput(channel, Math.floor(value));
  }

  /** The switch connects pin 2 to ground. */
  #portMessage(port: number): Buffer {
    const isPulledUp = this.#modes[2] === MODES.pullup;
    return writePort(port, port === 0 && isPulledUp && !this.#isPressed ? 0x04 : 0);
  }
}

/** Modes and their bits, and what ends them. Pins 0 and 1 are the line itself. */
function modesOf(pin: number): readonly number[] {
  if (pin < 2 || pin >= PINS) return [NONE];
  const digital = [MODES.input, 1, MODES.pullup, 1, MODES.output, 1];
  const pwm = PWM_PINS.includes(pin) ? [MODES.pwm, 8] : [];
  const analog = pin >= FIRST_ANALOG ? [MODES.analog, ANALOG_BITS] : [];
  return [...digital, ...pwm, ...analog, MODES.servo, 14, NONE];
}
