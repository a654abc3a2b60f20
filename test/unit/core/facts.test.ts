import { describe, expect, it } from 'vitest';
import { fitAxis } from '#core/fit.ts';
import { layerDefinition } from '#core/layers/index.ts';
import { propagate } from '#core/network/propagate.ts';
import { GraphBuilder } from '#core/onnx/builder.ts';
import { float32 } from '#core/onnx/tensor.ts';
import { findTemplate } from '#core/templates/index.ts';
import { emitNetwork } from '#core/training/emit.ts';
import { FACTS } from '../../facts.ts';
import { chain, conv, input, type Step } from '../../networks.ts';
import { runOrt } from '../../oracle/ort.ts';

describe('the fit of a window', () => {
  it.each(FACTS.fit.map((fact) => [fact.id, fact] as const))('%s', (_, { n, f, s, p, expect: expected }) => {
    const fit = fitAxis(n, f, s, p);
    expect(fit.status).toBe(expected.status);
    expect(fit.formula).toBeCloseTo(expected.formula, 10);
    if (expected.out !== undefined) expect(fit.out).toBe(expected.out);
    if (expected.unused !== undefined) expect(fit.unused).toBe(expected.unused);
  });
});

/** Runs a network with given weights on raw numbers in ONNX Runtime; the INPUT passes pixels through unscaled. */
async function run(
  steps: readonly Step[],
  pixels: readonly number[],
  weights: Readonly<Record<string, readonly number[]>>,
) {
  const [first, ...rest] = steps as readonly [Step, ...Step[]];
  const network = chain([first[0], { ...first[1], mean: 0, scale: 1 }], ...rest);
  const report = propagate(network);
  expect(report.problems).toEqual([]);
  const graph = new GraphBuilder('example');
  const forward = emitNetwork(graph, network, report, {
    mode: 'inference',
    batchSize: 1,
    pixels: 'float32',
    declare: ({ name, spec }) => graph.initializer(name, float32(spec.dims, weights[name] ?? [])),
  });
  graph.output(forward.output, 'output');
  const dims = graph.dims(forward.pixels);
  const results = await runOrt(graph.build(), { pixels: { dims, data: Float64Array.from(pixels) } });
  return results.get('output')!;
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((actual[i] as number) - value)).toBeLessThanOrEqual(1e-5);
  });
}

describe('convolutions of the lectures come out of the engine', () => {
  it.each(FACTS.convolution.map((fact) => [fact.id, fact] as const))('%s', async (_, fact) => {
    const [channels, height, width] = [fact.input.length, fact.input[0]!.length, fact.input[0]![0]!.length];
    const filters = fact.weights.length;
    const { data } = await run(
      [input(channels, height, width), conv(filters, fact.weights[0]![0]!.length, fact.stride, fact.pad)],
      fact.input.flat(2),
      { 'conv1.weight': fact.weights.flat(3), 'conv1.bias': fact.bias },
    );
    expectClose(data, fact.output.flat(2));
  });

  it('in one dimension, as a row of pixels', async () => {
    const [fact] = FACTS.convolution1d;
    const { data } = await run(
      [input(1, 1, fact!.input.length), ['Conv2D', { filters: 1, kernelSize: [1, fact!.filter.length], padding: 0 }]],
      fact!.input,
      { 'conv1.weight': fact!.filter, 'conv1.bias': [0] },
    );
    expectClose(data, fact!.output);
  });
});

describe('poolings of the lectures come out of the engine', () => {
  it.each(FACTS.pooling.map((fact) => [fact.id, fact] as const))('%s', async (_, fact) => {
    const kind = fact.kind === 'max' ? 'MaxPooling2D' : 'AveragePooling2D';
    const { data } = await run(
      [input(1, fact.input.length, fact.input[0]!.length), [kind, { poolSize: fact.size, strides: fact.stride }]],
      fact.input.flat(),
      {},
    );
    expectClose(data, fact.output.flat());
  });
});

describe('single layers', () => {
  it.each(FACTS.layers.map((fact) => [fact.id, fact] as const))('%s', (_, fact) => {
    const layer: Step = fact.conv
      ? conv(fact.conv.filters, fact.conv.kernel, fact.conv.stride, fact.conv.pad)
      : ['Flatten'];
    const [channels, height, width] = fact.input;
    const report = propagate(chain(input(channels, height, width), layer));
    expect(report.layers.get(report.output!)?.shape).toEqual(fact.output);
    if (fact.weights !== undefined) expect(report.totals.weights).toBe(fact.weights);
    if (fact.params !== undefined) expect(report.totals.params).toBe(fact.params);
  });
});

describe('fully connected against local and shared', () => {
  it('counts 5 × 5 weights against 3 shared ones', () => {
    const [fact] = FACTS.connectivity;
    const full = propagate(chain(input(1, 1, fact!['n']), ['Flatten'], ['Dense', { units: fact!['n']! }]));
    expect(full.totals.weights).toBe(fact!['fullyConnected']);
    const row = chain(input(1, 1, fact!['n']), [
      'Conv2D',
      { filters: 1, kernelSize: [1, fact!['m']!], padding: [0, 1] },
    ]);
    expect(propagate(row).totals.weights).toBe(fact!['shared']);
    // Each of the n units sees m inputs, the two at the ends one less.
    expect(fact!['n']! * fact!['m']! - 2).toBe(fact!['local']);
  });

  it('counts 200 × 200 pixels times 400,000 units', () => {
    const fact = FACTS.connectivity[1] as unknown as {
      image: [number, number];
      hidden: number;
      fullyConnected: number;
      local10x10: number;
    };
    // More units than one FC takes here: ten of 40,000 have as many weights.
    const tenth = propagate(chain(input(1, ...fact.image), ['Flatten'], ['Dense', { units: fact.hidden / 10 }]));
    expect(tenth.totals.weights * 10).toBe(fact.fullyConnected);
    // 400,000 units that see 10 × 10 pixels each.
    expect(fact.hidden * 10 * 10).toBe(fact.local10x10);
  });
});

/** Rows of a lecture's table: its layers, without those that work in place. */
function rows(id: string) {
  const { network } = findTemplate(id)!.create();
  const report = propagate(network);
  expect(report.problems).toEqual([]);
  return {
    totals: report.totals,
    rows: report.order
      .map((layer) => report.layers.get(layer)!)
      .filter(({ layer }) => layerDefinition(layer.kind)?.inPlace === false)
      .map(({ shape, costs, receptiveField }) => ({
        shape,
        weights: costs.weights,
        biases: costs.params - costs.weights,
        macs: costs.macs,
        receptiveField: receptiveField?.size[0] ?? null,
      })),
  };
}

describe('the networks of the lectures', () => {
  it.each(Object.entries(FACTS.networks))('%s', (id, fact) => {
    const found = rows(id);
    expect(found.rows).toEqual(fact.rows.map(({ name: _, ...row }) => row));
    const { params, weights, macs, activations, activationBytes } = found.totals;
    expect({ params, weights, macs, activations, activationBytes }).toEqual(fact.total);
  });
});

describe('the VGG configurations', () => {
  const IDS = { A: 'vgg11', B: 'vgg13', C: 'vgg16-c', D: 'vgg16', E: 'vgg19' } as const;
  it.each(Object.entries(FACTS.vggTotals))('%s', (name, fact) => {
    const { network } = findTemplate(IDS[name as keyof typeof IDS])!.create();
    const { trainableParams, ...counted } = propagate(network).totals;
    expect(counted).toEqual(fact);
    expect(trainableParams).toBe(counted.params);
  });
});

describe('the quiz', () => {
  it('has one answer', () => {
    const [fact] = FACTS.quiz;
    const [channels, height, width] = fact!.input;
    const steps = fact!.design.map(
      ([kind, a, b]): Step => (kind === 'conv' ? conv(a, b) : ['MaxPooling2D', { poolSize: a, strides: b }]),
    );
    const report = propagate(chain(input(channels, height, width), ...steps));
    expect(report.layers.get(report.output!)?.shape).toEqual(fact!.output);
    expect(report.totals.weights).toBe(fact!.weights);
  });
});
