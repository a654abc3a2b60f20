/** Turning numbers into pictures. */

/** Grey for one channel, colour for three, of numbers in [channels, height, width]. Zero is middle grey. */
export function filterImage(
  values: Float32Array,
  channels: readonly number[],
  height: number,
  width: number,
): ImageData {
  const image = new ImageData(width, height);
  const each = height * width;
  let most = 1e-12;
  for (const channel of channels) {
    for (let i = 0; i < each; i++) most = Math.max(most, Math.abs(values[channel * each + i] as number));
  }
  for (let i = 0; i < each; i++) {
    for (let colour = 0; colour < 3; colour++) {
      const channel = channels[Math.min(colour, channels.length - 1)] as number;
      image.data[4 * i + colour] = 127.5 + (127.5 * (values[channel * each + i] as number)) / most;
    }
    image.data[4 * i + 3] = 255;
  }
  return image;
}

/** Grey, from bytes. */
export function greyImage(pixels: Uint8Array, height: number, width: number): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < height * width; i++) {
    const value = pixels[i] as number;
    image.data.set([value, value, value, 255], 4 * i);
  }
  return image;
}

/** A picture of a data set, [C, H, W] bytes: grey or colour. */
export function sampleImage(pixels: Uint8Array, channels: number, height: number, width: number): ImageData {
  const image = new ImageData(width, height);
  const each = height * width;
  for (let i = 0; i < each; i++) {
    for (let colour = 0; colour < 3; colour++) {
      image.data[4 * i + colour] = pixels[Math.min(colour, channels - 1) * each + i] as number;
    }
    image.data[4 * i + 3] = 255;
  }
  return image;
}
