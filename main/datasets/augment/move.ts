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

function resample(from: Uint8Array, to: Uint8Array, [channels, height, width]: Volume, movement: Movement): void {
  const { down, right, mirrored, angle, scale } = movement;
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const [cy, cx] = [(height - 1) / 2, (width - 1) / 2];
  const plane = height * width;
  const pixel = (at: number, y: number, x: number) =>
    y < 0 || y >= height || x < 0 || x >= width ? 0 : (from[at + y * width + x] as number);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dy = y - down - cy;
      const dx = mirrored ? -(x - right - cx) : x - right - cx;
      // The picture's y axis points down, so a turn anticlockwise has the signs the other way round.
      const sy = cy + cos * dy + sin * dx;
      const sx = cx + cos * dx - sin * dy;
      const [y0, x0] = [Math.floor(sy), Math.floor(sx)];
      const [fy, fx] = [sy - y0, sx - x0];
      for (let c = 0; c < channels; c++) {
        const at = c * plane;
        const top = pixel(at, y0, x0) * (1 - fx) + pixel(at, y0, x0 + 1) * fx;
        const bottom = pixel(at, y0 + 1, x0) * (1 - fx) + pixel(at, y0 + 1, x0 + 1) * fx;
        to[at + y * width + x] = Math.round(top * (1 - fy) + bottom * fy);
      }
    }
  }
}
