import type { Random } from '#core/random.ts';
import { GLYPHS, type Point, type Stroke } from './glyphs.ts';

/** Side of a picture in pixels. */
export const SIDE = 28;

/** How much a digit may differ from its glyph; lengths in pixels, angles in radians. Chosen for LeNet-5 to err now and then. */
const VARIETY = {
  height: [15, 22],
  aspect: [0.68, 1.1],
  rotation: 0.2,
  shear: 0.22,
  shift: 2,
  thickness: [1.2, 3],
  jitter: 0.022,
  warp: 1,
  ink: [0.6, 1],
  noise: 0.08,
  specks: 2,
} as const;

/** Points along a smooth curve through the given ones (Catmull–Rom), about one for every two pixels. */
function smooth(points: Stroke): Point[] {
  if (points.length < 3) return [...points];
  const at = (i: number) => points[Math.min(Math.max(i, 0), points.length - 1)] as Point;
  const out: Point[] = [];
  for (let i = 0; i < points.length - 1; i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const steps = Math.max(2, Math.round(Math.hypot(p2[0] - p1[0], p2[1] - p1[1]) * 12));
    for (let k = 0; k < steps; k++) {
      const t = k / steps;
      const blend = (axis: 0 | 1) => {
        const [a, b, c, d] = [p0[axis], p1[axis], p2[axis], p3[axis]];
        return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t);
      };
      out.push([blend(0), blend(1)]);
    }
  }
  out.push(at(points.length - 1));
  return out;
}

const GRID = 4;

/** A smooth random displacement of the plane: random vectors on a coarse grid, interpolated between. */
function elasticField(random: Random): (x: number, y: number) => Point {
  const grid = Array.from(
    { length: (GRID + 1) ** 2 },
    (): Point => [random.gaussian() * VARIETY.warp, random.gaussian() * VARIETY.warp],
  );
  return (x, y) => {
    const gx = Math.min(Math.max((x / SIDE) * GRID, 0), GRID - 1e-6);
    const gy = Math.min(Math.max((y / SIDE) * GRID, 0), GRID - 1e-6);
    const [ix, iy] = [Math.floor(gx), Math.floor(gy)];
    const ease = (t: number) => t * t * (3 - 2 * t);
    const [u, v] = [ease(gx - ix), ease(gy - iy)];
    const corner = (dx: number, dy: number) => grid[(iy + dy) * (GRID + 1) + ix + dx] as Point;
    const mix = (axis: 0 | 1) =>
      (corner(0, 0)[axis] * (1 - u) + corner(1, 0)[axis] * u) * (1 - v) +
      (corner(0, 1)[axis] * (1 - u) + corner(1, 1)[axis] * u) * v;
    return [mix(0), mix(1)];
  };
}

/** The random hand that writes one digit: affine map and elastic field together. */
function randomPlacement(random: Random): (point: Point) => Point {
  const height = random.between(...VARIETY.height);
  const width = height * random.between(...VARIETY.aspect);
  const angle = random.between(-VARIETY.rotation, VARIETY.rotation);
  const shear = random.between(-VARIETY.shear, VARIETY.shear);
  const centre = [
    SIDE / 2 + random.between(-VARIETY.shift, VARIETY.shift),
    SIDE / 2 + random.between(-VARIETY.shift, VARIETY.shift),
  ] as const;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const field = elasticField(random);
  return ([px, py]) => {
    const y0 = (py - 0.5) * height;
    const x0 = (px - 0.5) * width - shear * y0;
    const [x, y] = [centre[0] + cos * x0 - sin * y0, centre[1] + sin * x0 + cos * y0];
    const [dx, dy] = field(x, y);
    return [x + dx, y + dy];
  };
}

/** Adds a line segment's ink: full within half the thickness, fading over one pixel. Overlaps keep the darker. */
function inkSegment(ink: Float32Array, [ax, ay]: Point, [bx, by]: Point, radius: number): void {
  const reach = radius + 0.5;
  const x0 = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
  const x1 = Math.min(SIDE - 1, Math.ceil(Math.max(ax, bx) + reach));
  const y0 = Math.max(0, Math.floor(Math.min(ay, by) - reach));
  const y1 = Math.min(SIDE - 1, Math.ceil(Math.max(ay, by) + reach));
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy || 1;
  const edge = (radius + 0.5) ** 2;
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const t = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), 1);
      const [px, py] = [x - ax - t * dx, y - ay - t * dy];
      const squared = px * px + py * py;
      if (squared >= edge) continue;
      const value = Math.min(radius + 0.5 - Math.sqrt(squared), 1);
      const at = y * SIDE + x;
      if (value > (ink[at] as number)) ink[at] = value;
    }
  }
}

/** Draws one digit, white on black as MNIST has it, into `out[offset … offset + 784)`. */
export function drawDigit(digit: number, random: Random, out: Uint8Array, offset: number): void {
  const hands = GLYPHS[digit] ?? [];
  const hand = hands[random.below(hands.length)] ?? [];
  const place = randomPlacement(random);
  const radius = random.between(...VARIETY.thickness) / 2;
  const ink = new Float32Array(SIDE * SIDE);
  const wobble = (): number => random.gaussian() * VARIETY.jitter;
  for (const stroke of hand) {
    const points = smooth(stroke.map(([x, y]): Point => [x + wobble(), y + wobble()])).map(place);
    for (let i = 1; i < points.length; i++) inkSegment(ink, points[i - 1] as Point, points[i] as Point, radius);
  }
  for (let i = random.below(VARIETY.specks + 1); i > 0; i--) {
    const at: Point = [random.between(0, SIDE), random.between(0, SIDE)];
    inkSegment(ink, at, [at[0] + random.between(-2, 2), at[1] + random.between(-2, 2)], 0.5);
  }
  const strength = random.between(...VARIETY.ink);
  // Two uniform numbers make noise that is good enough for paper grain and cheap.
  const noise = new Float64Array(2 * ink.length);
  random.fillUniform(noise);
  for (let i = 0; i < ink.length; i++) {
    const grain = ((noise[2 * i] as number) + (noise[2 * i + 1] as number) - 1) * VARIETY.noise;
    const white = (ink[i] as number) * strength + grain;
    // The array keeps the whole part: with a half added, the nearest whole number.
    out[offset + i] = white <= 0 ? 0 : white >= 1 ? 255 : white * 255 + 0.5;
  }
}
