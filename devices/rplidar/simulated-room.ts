/** The room: the lidar's place in it, from the left and from the front wall, mm. */
const WIDTH = 5_200;
const DEPTH = 3_900;
const LEFT = 1_900;
const FRONT = 1_600;
/** Somebody who walks around the lidar: as wide as this, degrees, and as far away, mm. */
const BODY_DEG = 14;
const BODY_MM = 900;
/** A door of glass, which the laser goes through. */
const GLASS = [70, 78] as const;
const STEP_DEG = 1.7;

/** How far it is to what a lidar in a room of four walls sees. */
export class SimulatedRoom {
  readonly #random: () => number;
  #bodyAngle = 200;

  constructor(random: () => number) {
    this.#random = random;
  }

  walk(): void {
    this.#bodyAngle = (this.#bodyAngle + STEP_DEG * this.#random()) % 360;
  }

  /** @returns mm; 0 if nothing comes back */
  distanceAt(degrees: number): number {
    const angle = degrees % 360;
    if (angle >= GLASS[0] && angle < GLASS[1]) return 0;
    const noise = (this.#random() - 0.5) * 8;
    const isBody = Math.abs(angle - this.#bodyAngle) < BODY_DEG / 2;
    return (isBody ? BODY_MM : wallAt((angle * Math.PI) / 180)) + noise;
  }
}

/** 0 is to the front, clockwise. */
function wallAt(radians: number): number {
  const ahead = Math.cos(radians);
  const right = Math.sin(radians);
  const toFrontOrBack = ahead >= 0 ? FRONT / ahead : (DEPTH - FRONT) / -ahead;
  const toSide = right >= 0 ? (WIDTH - LEFT) / right : LEFT / -right;
  return Math.min(toFrontOrBack, toSide);
}
