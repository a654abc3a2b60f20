import type { ImageSize } from '#contract/schemas.ts';
import type { DecodedImage } from './decoded-image.ts';

/**
 * Brings a picture to a size: scaled until it covers it, by the mean of the area that falls on each pixel, and what
 * stands out on two sides is cut off evenly.
 */
export function fitImage(image: DecodedImage, { height, width }: ImageSize): DecodedImage {
  if (image.height === height && image.width === width) return image;
  const scale = Math.min(image.height / height, image.width / width);
  const [top, left] = [(image.height - scale * height) / 2, (image.width - scale * width) / 2];
  const rows = areas(height, scale, top, image.height);
  const columns = areas(width, scale, left, image.width);
  const rgb = new Uint8Array(3 * height * width);
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      const sums = [0, 0, 0];
      for (const [sy, wy] of row) {
        for (const [sx, wx] of column) {
          const at = 3 * (sy * image.width + sx);
          for (let c = 0; c < 3; c++) sums[c] = (sums[c] as number) + wy * wx * (image.rgb[at + c] as number);
        }
      }
      for (let c = 0; c < 3; c++) rgb[3 * (y * width + x) + c] = Math.round(sums[c] as number);
    });
  });
  return { height, width, rgb };
}

/** For each of `count` pixels along a side: which source pixels fall on it, and their shares (together 1). */
function areas(count: number, scale: number, begin: number, length: number): readonly (readonly [number, number])[][] {
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [begin + i * scale, begin + (i + 1) * scale];
    const first = Math.min(length - 1, Math.floor(from));
    const last = Math.max(first, Math.min(length - 1, Math.ceil(to) - 1));
    const covered = Array.from({ length: last - first + 1 }, (_unused, k) => {
      const source = first + k;
      return [source, Math.max(0, Math.min(to, source + 1) - Math.max(from, source))] as const;
    });
    const sum = covered.reduce((total, [, share]) => total + share, 0);
    return sum === 0 ? [[first, 1] as const] : covered.map(([source, share]) => [source, share / sum] as const);
  });
}
