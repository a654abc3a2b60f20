/** BATCH NORM's statistics in float32, where the mean is far from zero: a guess of the mean keeps their digits. */
import { describe, expect, it } from 'vitest';
import { batchStatistics } from '#core/onnx/batch-statistics.ts';
import { GraphBuilder } from '#core/onnx/builder.ts';
import { randomStream } from '#core/random.ts';
import { differentiate } from '#core/training/differentiate.ts';
import { relativeError } from '../../oracle/gradient-check.ts';
import { runOrt } from '../../oracle/ort.ts';
import { type Array64, evaluate } from '../../oracle/reference.ts';

const DIMS = [8, 3, 6, 6];
const CHANNELS = [3];

function statistics() {
  const graph = new GraphBuilder('statistics');
  const x = graph.input('x', { dtype: 'float32', dims: DIMS });
  const [scale, shift, guess] = ['scale', 'shift', 'guess'].map((name) =>
    graph.input(name, { dtype: 'float32', dims: CHANNELS }),
  ) as [string, string, string];
  const slopes = graph.input('slopes', { dtype: 'float32', dims: DIMS });
  const y = graph.withGradient([x, scale, shift], () => batchStatistics(graph, x, scale, shift, 1e-5, guess));
  const sum = graph.add('ReduceSum', [graph.add('Mul', [y, slopes], {}), graph.ints([0, 1, 2, 3])], { keepdims: 0 });
  const gradients = differentiate(graph, sum, [x, scale, shift]);
  graph.output(y, 'y');
  for (const [name, gradient] of gradients) graph.output(gradient, `${name}.gradient`);
  return graph.build();
}

/** Values around a mean, which a guess misses by so many deviations. */
function feeds(mean: number, miss: number, deviation = 1): Readonly<Record<string, Array64>> {
  const random = randomStream(3, 'statistics');
  const draw = (dims: readonly number[], write: () => number): Array64 => ({
    dims,
    // What float32 holds, so that the reference reads the same numbers.
    data: Float64Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => Math.fround(write())),
  });
  return {
    x: draw(DIMS, () => mean + deviation * random.gaussian()),
    slopes: draw(DIMS, () => random.gaussian()),
    scale: draw(CHANNELS, () => 1 + random.uniform()),
    shift: draw(CHANNELS, () => random.gaussian()),
    guess: draw(CHANNELS, () => mean + miss),
  };
}

/** The largest relative error of output and gradients against float64. */
async function worst(given: Readonly<Record<string, Array64>>): Promise<number> {
  const graph = statistics();
  const [found, expected] = [await runOrt(graph, given), evaluate(graph, given)];
  const names = graph.outputs.map(({ name }) => name);
  return Math.max(...names.map((name) => relativeError(found.get(name)!.data, expected.get(name)!.data)));
}

describe("BATCH NORM's statistics", () => {
  it.each([0, 1, 100])('a mean of %i deviations, guessed to within one: as exact as float32 is', async (mean) => {
    expect(await worst(feeds(mean, 0.7))).toBeLessThan(1e-5);
  });

  it('a first step, whose guess is 0: a mean of 10 deviations costs two digits', async () => {
    expect(await worst(feeds(10, -10))).toBeLessThan(1e-4);
  });

  it('a channel that is the same everywhere stays finite, whatever was guessed', async () => {
    const found = await runOrt(statistics(), feeds(1000.123, -1000.123, 0));
    for (const { data } of found.values()) expect([...data].every(Number.isFinite)).toBe(true);
  });
});
