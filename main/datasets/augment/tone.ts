function mean(pixels: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) sum += pixels[i] as number;
  return sum / pixels.length;
}

/** Makes a picture brighter and stretches it about its mean, in place: contrast × (p − mean) + mean + 255 × brightness. */
export function tone(pixels: Uint8Array, brightness: number, contrast: number): void {
  if (brightness === 0 && contrast === 1) return;
  const offset = (1 - contrast) * mean(pixels) + 255 * brightness;
  for (let i = 0; i < pixels.length; i++) {
    const value = contrast * (pixels[i] as number) + offset + 0.5;
    pixels[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
}

/** Blanks out a square of a picture [C, H, W] with its mean, in place; parts outside are cut off. */
export function blankOut(
  pixels: Uint8Array,
  [channels, height, width]: readonly [number, number, number],
  side: number,
  [centreY, centreX]: readonly [number, number],
): void {
  const value = Math.round(mean(pixels));
  const top = centreY - Math.floor(side / 2);
  const left = centreX - Math.floor(side / 2);
  const [fromY, toY] = [Math.max(0, top), Math.min(height, top + side)];
  const [fromX, toX] = [Math.max(0, left), Math.min(width, left + side)];
  for (let c = 0; c < channels; c++) {
    for (let y = fromY; y < toY; y++) {
      const row = (c * height + y) * width;
      pixels.fill(value, row + fromX, row + Math.max(fromX, toX));
    }
  }
}
