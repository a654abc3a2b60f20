/** The predicted memory of a step; how near it comes is measured by `npm run bench ledger`. */
import { describe, expect, it } from 'vitest';
import { CPU_TARGET, GraphBuilder } from '#core/onnx/builder.ts';
import { peakMemory } from '#core/onnx/peak-memory.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { readDesign } from '#main/training/compiled-design.ts';
import { trainingMemory } from '#main/training/memory.ts';
import { chain, input } from '../../networks.ts';

/** Bytes of one value of the graphs below. */
const VALUE = 4 * 1000;

function graph(write: (graph: GraphBuilder, x: string) => string): number {
  const builder = new GraphBuilder('memory', CPU_TARGET);
  const x = builder.input('x', { dtype: 'float32', dims: [10, 100] });
  builder.output(write(builder, x), 'y');
  return peakMemory(builder.build(), CPU_TARGET);
}

describe('the peak of a graph', () => {
  it('counts a value from the node that computes it to the last that reads it', () => {
    // Softmax does not work in place: its input and its output are there together, the first of the three is gone.
    expect(graph((g, x) => [1, 2, 3].reduce((v) => g.add('Softmax', [v], { axis: 1 }), x))).toBe(2 * VALUE);
  });

  it('lets what is done number by number write over what it reads', () => {
    expect(graph((g, x) => [1, 2, 3].reduce((v) => g.add('Relu', [v], {}), x))).toBe(VALUE);
  });

  it('does not count what is written where an input lies', () => {
    const builder = new GraphBuilder('placed', CPU_TARGET);
    const x = builder.input('x', { dtype: 'float32', dims: [10, 100] });
    builder.output(builder.add('Softmax', [builder.add('Relu', [x], {})], { axis: 1 }), 'y');
    expect(peakMemory(builder.build(), CPU_TARGET)).toBe(2 * VALUE);
    expect(peakMemory(builder.build(), CPU_TARGET, ['y'])).toBe(VALUE);
  });

  it('does not count another view of a value', () => {
    expect(graph((g, x) => g.add('Reshape', [g.add('Relu', [x], {}), g.ints([1000])], {}))).toBe(VALUE);
  });

  it('keeps what is read later', () => {
    const kept = graph((g, x) => {
      const a = g.add('Relu', [x], {});
      const b = g.add('Softmax', [a], { axis: 1 });
      return g.add('Add', [g.add('Softmax', [b], { axis: 1 }), a], {});
    });
    expect(kept).toBe(3 * VALUE);
  });

  it('runs what an output needs before what the next output needs', () => {
    const builder = new GraphBuilder('order', CPU_TARGET);
    const x = builder.input('x', { dtype: 'float32', dims: [10, 100] });
    const sum = (v: string) => builder.add('ReduceSum', [v, builder.ints([0, 1])], { keepdims: 0 });
    // Written as two large values, then their sums: run as a value and its sum, twice.
    const [a, b] = [builder.add('Exp', [x], {}), builder.add('Softmax', [x], { axis: 1 })];
    builder.output(sum(a), 'a');
    builder.output(sum(b), 'b');
    expect(peakMemory(builder.build(), CPU_TARGET)).toBe(VALUE + 2 * 4);
  });
});

describe('the memory of a training step', () => {
  const compiled = readDesign(formatDesign(findTemplate('resnet20')!.create()));

  it('grows with the batch, but for the state', async () => {
    const [small, large] = [await trainingMemory(compiled, 16), await trainingMemory(compiled, 64)];
    expect(large.state).toBe(small.state);
    expect(large.values / small.values).toBeCloseTo(4, 0);
    expect(small.total).toBeGreaterThan(small.state + small.values);
  });

  it('counts the weights of frozen layers, and nothing more of them', async () => {
    const bytesOf = (trainable: boolean) => {
      const network = chain(input(1, 20), ['Flatten'], ['Dense', { units: 1000, trainable }], ['Dense']);
      const design = { name: 'frozen', network, training: DEFAULT_TRAINING, classLabels: [] };
      return trainingMemory(readDesign(formatDesign(design)), 16);
    };
    const [whole, frozen] = [await bytesOf(true), await bytesOf(false)];
    // 400 · 1000 + 1000 of the first FC, 1000 · 10 + 10 of the second.
    expect(whole.state).toBe(4 * 2 * (401_000 + 10_010));
    expect(frozen.state).toBe(4 * (401_000 + 2 * 10_010));
    expect(frozen.values).toBeLessThan(whole.values - 4 * 401_000);
  });

  it('tells a batch that just fits', async () => {
    const { largestBatch, available } = await trainingMemory(compiled, 64);
    const at = await trainingMemory(compiled, largestBatch);
    expect(at.total / available).toBeCloseTo(1, 1);
  });

  it('tells it for another device as well', async () => {
    const { largestBatch } = await trainingMemory(compiled, 64, 1e9);
    expect((await trainingMemory(compiled, largestBatch)).total / 1e9).toBeCloseTo(1, 1);
    expect((await trainingMemory(compiled, 64, 1e6)).largestBatch).toBe(0);
  });
});
