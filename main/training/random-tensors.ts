import type { Distribution } from '#core/layers/define.ts';
import { type Random, randomStream } from '#core/random.ts';
import type { RandomInput } from '#core/training/emit.ts';

/** The numbers of one of a step's random inputs: the same ones for the same seed and step. */
export function drawInput(
  { name, distribution }: RandomInput,
  count: number,
  seed: number,
  step: number,
): Float32Array {
  const data = new Float32Array(count);
  draw(data, distribution, randomStream(seed, `${name}/${step}`));
  return data;
}

/** Fills a tensor with random numbers. */
export function draw(data: Float32Array, distribution: Distribution, random: Random): void {
  switch (distribution.type) {
    case 'mask': {
      const { rate } = distribution;
      const kept = 1 / (1 - rate);
      for (let i = 0; i < data.length; i++) data[i] = random.uniform() < rate ? 0 : kept;
      return;
    }
    case 'uniform': {
      const { low, high } = distribution;
      for (let i = 0; i < data.length; i++) data[i] = random.between(low, high);
      return;
    }
    case 'gaussian':
      random.fillGaussian(data, distribution.std);
      return;
    default:
      distribution satisfies never;
  }
}
