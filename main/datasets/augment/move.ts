import type { Volume } from '#core/shape.ts';

/** How a picture is moved: first turned and scaled about its centre, then mirrored, then shifted. */
export interface Movement {
  /** Whole pixels down and to the right. */
  readonly down: number;
  readonly right: number;
  readonly mirrored: boolean;
  /** Radians, anticlockwise as seen. */
  readonly angle: number;
  readonly scale: number;
}

/**
 * Writes a moved picture; what comes in from outside is black. Pixels are read where the inverse movement leads: as
 * they are where nothing is turned or scaled, between four neighbours (bilinear) otherwise.
 *
 * @param from [C, H, W]
 * @param to [C, H, W]
 */
export function move(from: Uint8Array, to: Uint8Array, shape: Volume, movement: Movement): void {
  if (movement.angle === 0 && movement.scale === 1) copyMoved(from, to, shape, movement);
  else resample(from, to, shape, movement);
}

function copyMoved(from: Uint8Array, to: Uint8Array, [channels, height, width]: Volume, movement: Movement): void {
  const { down, right, mirrored } = movement;
  if (down === 0 && right === 0 && !mirrored) {
    to.set(from);
    return;
  }
  to.fill(0);
  const [firstRow, lastRow] = [Math.max(0, down), Math.min(height, height + down)];
  const [firstColumn, lastColumn] = [Math.max(0, right), Math.min(width, width + right)];
  for (let c = 0; c < channels; c++) {
    for (let y = firstRow; y < lastRow; y++) {
      const row = (c * height + y) * width;
      const source = (c * height + y - down) * width;
      for (let x = firstColumn; x < lastColumn; x++) {
        const at = x - right;
        to[row + x] = from[source + (mirrored ? width - 1 - at : at)] as number;
      }
    }
  }
}

function resample(from: Uint8Array, to: Uint8Array, shape: Volume, movement: Movement): void {
  const [channels, height, width] = shape;
  const { down, right, mirrored, angle, scale } = movement;
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const [cy, cx] = [(height - 1) / 2, (width - 1) / 2];
  const plane = height * width;
  for (let y = 0; y < height; y++) {
    const dy = y - down - cy;
    for (let x = 0; x < width; x++) {
      const dx = mirrored ? -(x - right - cx) : x - right - cx;
      // The picture's y axis points down, so a turn anticlockwise has the signs the other way round.
      const sy = cy + cos * dy + sin * dx;
      const sx = cx + cos * dx - sin * dy;
      const y0 = Math.floor(sy);
      const x0 = Math.floor(sx);
      const target = y * width + x;
      if (y0 < 0 || y0 >= height - 1 || x0 < 0 || x0 >= width - 1) {
        for (let c = 0; c < channels; c++) to[c * plane + target] = edge(from, c * plane, height, width, sy, sx) + 0.5;
        continue;
      }
      const fy = sy - y0;
      const fx = sx - x0;
      let at = y0 * width + x0;
      for (let c = 0; c < channels; c++, at += plane) {
        const above = (1 - fx) * (from[at] as number) + fx * (from[at + 1] as number);
        const below = (1 - fx) * (from[at + width] as number) + fx * (from[at + width + 1] as number);
        to[c * plane + target] = (1 - fy) * above + fy * below + 0.5;
      }
    }
  }
}

/** Between four pixels of which some lie outside, where all is black. */
function edge(from: Uint8Array, at: number, height: number, width: number, sy: number, sx: number): number {
  const [y0, x0] = [Math.floor(sy), Math.floor(sx)];
  let sum = 0;
  for (const y of [y0, y0 + 1]) {
    for (const x of [x0, x0 + 1]) {
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      sum += (1 - Math.abs(sy - y)) * (1 - Math.abs(sx - x)) * (from[at + y * width + x] as number);
    }
  }
  return sum;
}
