import { describe, expect, it } from 'vitest';
import type { InitializerSpec } from '#core/layers/define.ts';
import { permutation, randomStream } from '#core/random.ts';
import { initialTensor } from '#core/training/initialize.ts';

const draw = (seed: number, name: string, count: number) => {
  const random = randomStream(seed, name);
  return Array.from({ length: count }, () => random.uint32());
};

function moments(values: ArrayLike<number>) {
  const data = Array.from(values);
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
  return { mean, std: Math.sqrt(variance), least: Math.min(...data), most: Math.max(...data) };
}

describe('random streams', () => {
  it('are the same for the same seed and name, and differ otherwise', () => {
    expect(draw(1, 'a', 8)).toEqual(draw(1, 'a', 8));
    expect(draw(1, 'a', 8)).not.toEqual(draw(2, 'a', 8));
    expect(draw(1, 'a', 8)).not.toEqual(draw(1, 'b', 8));
  });

  it('have not changed: results of earlier versions can be repeated', () => {
    expect(draw(1, 'weights/conv1.weight', 4)).toMatchInlineSnapshot(`
      [
        1547473632,
        2571688750,
        3551916014,
        222713173,
      ]
    `);
  });

  it('are uniform, and Gaussian with mean 0 and standard deviation 1', () => {
    const random = randomStream(3, 'moments');
    const uniform = moments(Array.from({ length: 50_000 }, () => random.uniform()));
    expect(uniform.mean).toBeCloseTo(0.5, 2);
    expect(uniform.std).toBeCloseTo(Math.sqrt(1 / 12), 2);
    expect(uniform.least).toBeGreaterThanOrEqual(0);
    expect(uniform.most).toBeLessThan(1);
    const gaussian = moments(Array.from({ length: 50_000 }, () => random.gaussian()));
    expect(Math.abs(gaussian.mean)).toBeLessThan(0.02);
    expect(gaussian.std).toBeCloseTo(1, 1);
  });

  it('are normal in the middle as in the tails', () => {
    const drawn = new Float32Array(1_000_000);
    randomStream(4, 'shape').fillGaussian(drawn, 1);
    /** P(|x| > limit) of the normal distribution. */
    for (const [limit, expected] of [
      [0.5, 0.617_075],
      [1, 0.317_311],
      [2, 0.045_5],
      [3, 0.002_7],
      [3.442_62, 0.000_576],
      [4, 0.000_063_3],
    ] as const) {
      const found = drawn.filter((x) => Math.abs(x) > limit).length / drawn.length;
      const deviation = Math.sqrt((expected * (1 - expected)) / drawn.length);
      expect(Math.abs(found - expected) / deviation, `beyond ${limit}`).toBeLessThan(4);
    }
    const positive = drawn.filter((x) => x > 0).length / drawn.length;
    expect(Math.abs(positive - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / drawn.length));
  });

  it('are the same one by one and many at once', () => {
    const [many, random] = [randomStream(6, 'many'), randomStream(6, 'many')];
    // An even and an odd count, with and without a number left over from the one before.
    for (const count of [1000, 7, 0, 1, 4, 3]) {
      const drawn = new Float32Array(count);
      many.fillGaussian(drawn, 2);
      expect(drawn).toEqual(Float32Array.from(drawn, () => 2 * random.gaussian()));
    }
    for (const count of [100, 0, 3]) {
      const drawn = new Float64Array(count);
      many.fillUniform(drawn);
      expect(drawn).toEqual(Float64Array.from(drawn, random.uniform));
    }
    expect(many.uint32()).toBe(random.uint32());
  });

  it('shuffle to a permutation', () => {
    const order = permutation(1000, randomStream(5, 'order'));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect([...order]).not.toEqual([...order].sort((a, b) => a - b));
  });
});

describe('first weights', () => {
  const tensor = (initializer: InitializerSpec, name = 'w') =>
    initialTensor(name, { name: 'weight', dims: [100, 200], role: 'weight', initializer }, 1).data;

  it('He: Gaussian, std √(2 / fan-in)', () => {
    expect(moments(tensor({ type: 'he', fanIn: 50, fanOut: 10 })).std).toBeCloseTo(Math.sqrt(2 / 50), 2);
  });

  it('Glorot: uniform within ±√(6 / (fan-in + fan-out))', () => {
    const limit = Math.sqrt(6 / (50 + 10));
    const { std, least, most } = moments(tensor({ type: 'glorot', fanIn: 50, fanOut: 10 }));
    expect(least).toBeGreaterThanOrEqual(-limit);
    expect(most).toBeLessThanOrEqual(limit);
    expect(std).toBeCloseTo(limit / Math.sqrt(3), 2);
  });

  it('Gaussian with a given std, and constants', () => {
    expect(moments(tensor({ type: 'gaussian', std: 0.01 })).std).toBeCloseTo(0.01, 3);
    expect(new Set(tensor({ type: 'constant', value: 0 }))).toEqual(new Set([0]));
  });

  it('depend on the name of the tensor, not on what was drawn before', () => {
    const he = { type: 'he', fanIn: 50, fanOut: 10 } as const;
    expect(tensor(he, 'a')).toEqual(tensor(he, 'a'));
    expect(tensor(he, 'a')).not.toEqual(tensor(he, 'b'));
  });
});
