import type { Distribution } from '#core/layers/define.ts';
import type { Random } from '#core/random.ts';

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
    case 'gaussian': {
      const { std } = distribution;
      for (let i = 0; i < data.length; i++) data[i] = std * random.gaussian();
      return;
    }
    default:
      distribution satisfies never;
  }
}
