import type { Values } from "../../src/message/index.ts";
import { capsuleOf, denseCapsuleOf, FULL_CIRCLE, nodeAt, type Capsule, type Point } from "./points.ts";
import type { AnswerKind } from "./protocol.ts";
import { summaryOf } from "./summary.ts";

/** The most points of a revolution that are kept: twice what the fastest lidar measures at its slowest. */
const MAX_POINTS = 16_384;
/** From one capsule to the next the motor's speed changes by less than this; a capsule that was lost doubles the step. */
const LEAST_STEP = 0.7;
const MOST_STEP = 1.4;
/** A capsule at 4000 points a second and 15 turns a second is 43 degrees. */
const MAX_STEP_DEG = 100;

/** Gathers the points of one revolution, and tells of it when the next one begins. Those of which something is missing are dropped. */
export class Revolution {
  readonly #sectorWidth: number;
  /** Undefined: the beginning of the revolution under way was not seen. */
  #points: Point[] | undefined;
  #previous: Capsule | undefined;
  /** Degrees from the last capsule but one to the last. */
  #step: number | undefined;
  /** Angle of the last sample, its offset not taken off. */
  #lastRaw: number | undefined;

  constructor(sectorWidth: number) {
    this.#sectorWidth = sectorWidth;
  }

  /** Something that cannot be told is missing. */
  interrupt(): void {
    this.#points = undefined;
    this.#previous = undefined;
    this.#step = undefined;
    this.#lastRaw = undefined;
  }

  /** @returns the readings of revolutions that ended with this answer */
  add(kind: AnswerKind, bytes: Buffer): Values[] {
    if (kind === "nodes") return this.#addNode(bytes);
    if (kind === "capsules") return this.#addCapsule(capsuleOf(bytes));
    return kind === "dense" ? this.#addCapsule(denseCapsuleOf(bytes)) : [];
  }

  #addNode(bytes: Buffer): Values[] {
    const node = nodeAt(bytes, 0);
    if (!node) return [];
    const ended = node.isStart ? this.#turn() : [];
    this.#keep(node);
    return ended;
  }

  #addCapsule(capsule: Capsule): Values[] {
    const previous = this.#previous;
    this.#previous = capsule;
    if (!previous || capsule.isFirst) return [];
    const step = (capsule.startAngle - previous.startAngle + FULL_CIRCLE) % FULL_CIRCLE;
    const isExpected = isLike(step, this.#step);
    this.#step = isExpected ? step : undefined;
    if (isExpected) return this.#addSamples(previous, step);
    this.#points = undefined;
    this.#lastRaw = undefined;
    return [];
  }

  /** The angle of a sample lies evenly between the starts of its capsule and of the next. LR001, "Data processing of the express scan data". */
  #addSamples({ startAngle, samples }: Capsule, step: number): Values[] {
    const ended: Values[] = [];
    for (const [index, { distance, offset }] of samples.entries()) {
      const raw = (startAngle + (step * index) / samples.length) % FULL_CIRCLE;
      // A revolution begins where the angle, its offset not taken off yet, is smaller than the one before.
      if (this.#lastRaw !== undefined && raw < this.#lastRaw) ended.push(...this.#turn());
      this.#lastRaw = raw;
      this.#keep({ distance, angle: (raw - offset + FULL_CIRCLE) % FULL_CIRCLE });
    }
    return ended;
  }

  #keep(point: Point): void {
    if (!this.#points) return;
    if (this.#points.length < MAX_POINTS) this.#points.push(point);
    else this.#points = undefined;
  }

  #turn(): Values[] {
    const ended = this.#points;
    this.#points = [];
    return ended ? [summaryOf(ended, this.#sectorWidth)] : [];
  }
}

function isLike(step: number, before: number | undefined): boolean {
  if (step === 0 || step > MAX_STEP_DEG) return false;
  return before === undefined || (step > before * LEAST_STEP && step < before * MOST_STEP);
}
