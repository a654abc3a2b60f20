import type { Point } from './box.ts';

/** The data of an SVG path along a line, with round corners; lengths with one digit behind the point. */
export function roundedPath(points: readonly Point[], radius: number): string {
  const [first, ...rest] = points as readonly [Point, ...Point[]];
  return `M${at(first)}${rest
    .map((point, i) => {
      const [before, after] = [points[i] as Point, rest[i + 1]];
      if (after === undefined) return `L${at(point)}`;
      const corner = Math.min(radius, apart(before, point) / 2, apart(point, after) / 2);
      return `L${at(towards(point, before, corner))}Q${at(point)} ${at(towards(point, after, corner))}`;
    })
    .join('')}`;
}

function at([x, y]: Point): string {
  return `${short(x)} ${short(y)}`;
}

function short(value: number): number {
  return Math.round(value * 10) / 10 + 0;
}

function apart(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

function towards(from: Point, to: Point, distance: number): Point {
  const share = distance / (apart(from, to) || 1);
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
}
