import type { Metric, Metrics, Values } from "../../src/message/index.ts";
import { FULL_CIRCLE, type Point } from "./points.ts";

const MM_PER_M = 1_000;

/** Sectors by where they begin: `sector_0`, `sector_10`, … */
export function metricsOf(sectorWidth: number): Metrics {
  const sectors = sectorsOf(sectorWidth).map((begin): [string, Metric] => [
    `sector_${begin}`,
    {
      type: "number",
      unit: "m",
      description: `nearest point from ${begin} to below ${begin + sectorWidth} degrees`,
    },
  ]);
  return { ...WHOLE, ...Object.fromEntries(sectors) };
}

const WHOLE: Metrics = {
  points: { type: "integer", description: "measurements in this revolution" },
  valid_points: { type: "integer", description: "measurements that saw something" },
  nearest: { type: "number", unit: "m", description: "distance of the nearest point" },
  nearest_angle: { type: "number", unit: "deg", description: "where the nearest point is, clockwise" },
  farthest: { type: "number", unit: "m", description: "distance of the farthest point" },
  quality: { type: "number", description: "mean strength of the reflections, 0 to 63; standard scans only" },
};

function sectorsOf(width: number): number[] {
  return Array.from({ length: FULL_CIRCLE / width }, (_, i) => i * width);
}

/** What a revolution saw. Its points are too many for a reading each: up to 32 000 a second. */
export function summaryOf(points: readonly Point[], sectorWidth: number): Values {
  const valid = points.filter(({ distance }) => distance > 0);
  const nearest = leastOf(valid);
  const farthest = valid.reduce<number | null>((most, { distance }) => Math.max(most ?? 0, distance), null);
  const sectors = new Map<number, number>();
  for (const { angle, distance } of valid) {
    const begin = Math.floor(angle / sectorWidth) * sectorWidth;
    sectors.set(begin, Math.min(sectors.get(begin) ?? Infinity, distance));
  }
  return {
    points: points.length,
    valid_points: valid.length,
    nearest: metres(nearest?.distance),
    nearest_angle: nearest ? Math.round(nearest.angle * 100) / 100 : null,
    farthest: metres(farthest),
    quality: meanQuality(valid),
    ...Object.fromEntries(
      sectorsOf(sectorWidth).map((begin) => [`sector_${begin}`, metres(sectors.get(begin))]),
    ),
  };
}

function leastOf(points: readonly Point[]): Point | undefined {
  return points.reduce<Point | undefined>(
    (least, point) => (least && least.distance <= point.distance ? least : point),
    undefined,
  );
}

function metres(mm: number | null | undefined): number | null {
  return mm === undefined || mm === null ? null : mm / MM_PER_M;
}

function meanQuality(points: readonly Point[]): number | null {
  let [sum, count] = [0, 0];
  for (const { quality } of points) {
    if (quality === undefined) continue;
    sum += quality;
    count++;
  }
  return count > 0 ? Math.round((sum / count) * 100) / 100 : null;
}
