/**
 * Receptive fields, measured: for random networks of all kinds, by following every pixel through the exported graph's
 * operators, and by gradients in float64. Neither knows of the rule that the program shows its numbers by.
 */
import { describe, expect, it } from 'vitest';
import type { Fields } from '#core/layers/fields.ts';
import type { LayerKind } from '#core/layers/index.ts';
import { spanAt } from '#core/network/axis-field.ts';
import { applyEdit } from '#core/network/edits.ts';
import type { LayerId, Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { fieldSides, type ReceptiveField } from '#core/network/receptive-field.ts';
import { GraphBuilder } from '#core/onnx/builder.ts';
import type { Graph, GraphNode, Value } from '#core/onnx/graph.ts';
import type { AttributesOf, OperatorName } from '#core/onnx/operators/attributes.ts';
import { pruned } from '#core/onnx/prune.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { randomStream } from '#core/random.ts';
import { findTemplate } from '#core/templates/index.ts';
import { differentiate } from '#core/training/differentiate.ts';
import { emitNetwork } from '#core/training/emit.ts';
import { chain, conv, input, type Step } from '../../networks.ts';
import { array64, evaluate } from '../../oracle/reference.ts';
import { BODY_KINDS, randomNetwork } from '../../random-networks.ts';

const AXES = ['height', 'width'] as const;

/** The forward pass of one image as ONNX nodes, with each layer's value in it; weights are inputs. */
function graphOf(network: Network) {
  const report = propagate(network);
  const graph = new GraphBuilder('measured');
  const { values } = emitNetwork(graph, network, report, {
    mode: 'inference',
    batchSize: 1,
    pixels: 'float32',
    declare: ({ name, spec }) => graph.input(name, { dtype: 'float32', dims: spec.dims }),
  });
  return { graph, report, values };
}

/** What the positions of a value see along one axis: pixels as bits, and whether padding is among it. */
type Seen = readonly { readonly pixels: bigint; readonly border: boolean }[];

/** Follows every pixel along an axis (2 or 3) through the operators of a graph; values that are no volumes are left out. */
function follow(graph: Graph, dims: (value: Value) => readonly number[], axis: 2 | 3): ReadonlyMap<Value, Seen> {
  const length = dims('pixels')[axis] as number;
  const seen = new Map<Value, Seen>();
  /** Values made of pixels whose order is lost. */
  const lost = new Set<Value>();
  seen.set(
    'pixels',
    Array.from({ length }, (_, i) => ({ pixels: 1n << BigInt(i), border: false })),
  );
  for (const node of graph.nodes) {
    const [output] = node.outputs as readonly [Value];
    const inputs = node.inputs.flatMap((name) => {
      const found = seen.get(name);
      return found === undefined ? [] : [found];
    });
    if (inputs.length === 0 && !node.inputs.some((name) => lost.has(name))) continue; // made of weights only
    const read = dims(output).length === 4 ? reads(node, graph, axis) : undefined;
    if (read === undefined || node.inputs.some((name) => lost.has(name))) {
      lost.add(output);
      continue;
    }
    const positions = Array.from({ length: dims(output)[axis] as number }, (_, at) =>
      inputs.flatMap((found) => read(at).map((i) => found[i] ?? { pixels: 0n, border: true })),
    );
    seen.set(
      output,
      positions.map((all) => ({
        pixels: all.reduce((bits, { pixels }) => bits | pixels, 0n),
        border: all.some(({ border }) => border),
      })),
    );
  }
  return seen;
}

const CELLS: ReadonlySet<OperatorName> = new Set<OperatorName>([
  ...([
    'Add',
    'BatchNormalization',
    'Clip',
    'Concat',
    'Div',
    'Dropout',
    'Elu',
    'Erf',
    'HardSigmoid',
    'Identity',
    'LRN',
  ] as const),
  ...(['LeakyRelu', 'Mul', 'Neg', 'PRelu', 'Relu', 'Selu', 'Sigmoid', 'Softplus', 'Softsign', 'Sub', 'Tanh'] as const),
]);

/** Which positions of its inputs a node reads for a position of its output; undefined where there is no order in it. */
function reads(
  { op, attributes, inputs }: GraphNode,
  graph: Graph,
  axis: 2 | 3,
): ((at: number) => number[]) | undefined {
  const constant = (i: number) => Number(graph.initializers.get(inputs[i] ?? '')?.data[axis] ?? 0);
  if (CELLS.has(op)) return (at) => [at];
  if (op === 'Pad') return (at) => [at - constant(1)];
  if (op === 'Resize') return (at) => [Math.floor(at / constant(2))];
  if (op === 'Conv' || op === 'MaxPool' || op === 'AveragePool') {
    const { kernel_shape, strides, pads, dilations = [1, 1] } = attributes as AttributesOf<'MaxPool'>;
    const [f, s, p, d] = [kernel_shape, strides, pads, dilations].map((all) => all[axis - 2] as number) as [
      number,
      number,
      number,
      number,
    ];
    return (at) => Array.from({ length: f }, (_, tap) => at * s - p + tap * d);
  }
  if (op === 'Reshape' || op === 'GlobalAveragePool') return undefined;
  throw new Error(`${op} is not followed`);
}

function ends(pixels: bigint): readonly [number, number] {
  const bits = pixels.toString(2);
  return [bits.length - 1 - bits.lastIndexOf('1'), bits.length - 1];
}

/** Compares every layer's field with what its values see far from the border. */
function compare(network: Network, seed: number) {
  const { graph, report, values } = graphOf(network);
  const built = graph.build();
  const dims = (value: Value) => graph.dims(value);
  let [layers, positions] = [0, 0];
  AXES.forEach((name, index) => {
    const seen = follow(built, dims, (index + 2) as 2 | 3);
    for (const [id, value] of values) {
      const { receptiveField: field, shape = [] } = report.layers.get(id)!;
      const found = shape.length === 3 ? seen.get(value) : undefined;
      expect(field === undefined, `${id} of network ${seed} has a field just where there is one`).toBe(
        found === undefined,
      );
      if (field === undefined || found === undefined) continue;
      const inner = found.flatMap(({ pixels, border }, i) => (border ? [] : [{ i, span: ends(pixels) }]));
      const what = `${name} of ${id} in network ${seed}`;
      for (const { i, span } of inner) expect(spanAt(field[name], i), `${what}, value ${i}`).toEqual(span);
      const [sequence, ...others] = field[name];
      // All that differ are there: then the largest is the field.
      if (others.length > 0 || inner.length < (sequence?.period ?? 0) || inner.length === 0) continue;
      expect(Math.max(...inner.map(({ span: [first, last] }) => last - first + 1)), what).toBe(field.size[index]);
      layers += 1;
      positions += inner.length;
    }
  });
  return { layers, positions };
}

const SIDES = { channels: 1, height: 40, width: 34, mean: 0, scale: 255 } as const;

describe('random networks', () => {
  it('see what the rule says, followed through the operators', { timeout: 120_000 }, () => {
    const kinds = [...BODY_KINDS, ...(['UpSampling2D', 'MaxPooling2D', 'Conv2D', 'ZeroPadding2D'] as const)];
    let [layers, positions, mixed] = [0, 0, 0];
    for (let seed = 1; seed <= 220; seed++) {
      const network = randomNetwork(seed, { layers: 8, classes: 3, input: SIDES, kinds, largest: 8_000 });
      const found = compare(network, seed);
      layers += found.layers;
      positions += found.positions;
      const fields = [...propagate(network).layers.values()].flatMap(({ receptiveField }) => receptiveField ?? []);
      mixed += fields.filter(({ width }) => width.length > 1 || (width[0]?.period ?? 1) > 1).length;
    }
    // Along two axes each.
    expect(layers / 2).toBeGreaterThan(1_904);
    expect(positions).toBeGreaterThan(10 * layers);
    expect(mixed).toBeGreaterThan(50);
  });

  it('have gradients for just the pixels that they see', { timeout: 120_000 }, () => {
    // MAX POOL would pass on the gradient of the largest value only.
    const kinds: readonly LayerKind[] = [
      ...(['Conv2D', 'DepthwiseConv2D', 'SeparableConv2D', 'AveragePooling2D', 'AveragePooling2D'] as const),
      ...(['UpSampling2D', 'UpSampling2D', 'ZeroPadding2D', 'ReLU', 'BatchNormalization'] as const),
    ];
    const sides = { ...SIDES, height: 26, width: 24 };
    let compared = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const network = randomNetwork(seed, { layers: 5, classes: 3, input: sides, kinds, largest: 3_000 });
      const { graph, report, values } = graphOf(network);
      const built = graph.build();
      const [rows, columns] = ([2, 3] as const).map((axis) => follow(built, (value) => graph.dims(value), axis));
      for (const id of report.order) {
        const { receptiveField: field } = report.layers.get(id)!;
        const [row, column] = [rows, columns].map((seen) => middle(seen?.get(values.get(id)!) ?? []));
        if (field === undefined || id === report.input || row === undefined || column === undefined) continue;
        expect(touched(network, id, [row, column]), `${id} of network ${seed}`).toEqual([
          spanAt(field.height, row),
          spanAt(field.width, column),
        ]);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(200);
  });
});

/** The middle one of the positions that see no padding. */
function middle(seen: Seen): number | undefined {
  const inner = seen.flatMap(({ border }, i) => (border ? [] : [i]));
  return inner[Math.floor(inner.length / 2)];
}

/** First and last row and column of the pixels on which a layer's values at a position have a gradient. */
function touched(network: Network, id: LayerId, [row, column]: readonly [number, number]) {
  const { graph, values } = graphOf(network);
  const at = [
    [row, column],
    [row + 1, column + 1],
    [2, 3],
  ].map((numbers) => graph.ints(numbers));
  const loss = graph.add(
    'ReduceSum',
    [graph.add('Slice', [values.get(id) as Value, ...at], {}), graph.ints([0, 1, 2, 3])],
    {
      keepdims: 0,
    },
  );
  graph.output(differentiate(graph, loss, ['pixels']).get('pixels') as Value, 'gradient');
  const built = pruned(graph.build());
  const random = randomStream(1, id);
  // Everything is above 0: nothing is cancelled, and RELU passes all.
  const feeds = built.inputs.map(({ name, type: { dims } }) => {
    return [
      name,
      array64(
        dims,
        Array.from({ length: elementCount(dims) }, () => 0.5 + random.uniform()),
      ),
    ] as const;
  });
  const { dims, data } = evaluate(built, Object.fromEntries(feeds)).get('gradient')!;
  const [, , height, width] = dims as readonly [number, number, number, number];
  const lines = { rows: new Set<number>(), columns: new Set<number>() };
  for (let i = 0; i < height * width; i++) {
    if (data[i] === 0) continue;
    lines.rows.add(Math.floor(i / width));
    lines.columns.add(i % width);
  }
  return [lines.rows, lines.columns].map((found) => [Math.min(...found), Math.max(...found)]);
}

describe('a receptive field', () => {
  /** Of the last layer of a chain. */
  const last = (...steps: readonly Step[]) => {
    const report = propagate(chain(...steps));
    return report.layers.get(report.order.at(-1) ?? '')!.receptiveField;
  };
  const sides = (...steps: readonly Step[]) => fieldSides(last(input(1, 32), ...steps) as ReceptiveField);
  const pool: Step = ['MaxPooling2D'];
  const up: Step = ['UpSampling2D'];

  it('behind UPSAMPLE is that of the values that see the most', () => {
    expect(sides(pool, up, conv(1, 2))).toEqual([4, 4]);
    expect(sides(up, ['AveragePooling2D'])).toEqual([1, 1]);
    expect(sides(up, ['AveragePooling2D'], conv(1, 3))).toEqual([3, 3]);
    // Out of step with the pixels: of two neighbours one sees two.
    expect(sides(up, ['ZeroPadding2D'], ['AveragePooling2D'])).toEqual([2, 2]);
    expect(sides(['UpSampling2D', { size: [2, 3] }], conv(4, 3, 1, 1))).toEqual([2, 2]);
    expect(sides(['UpSampling2D', { size: [2, 3] }], conv(4, 5, 1, 1))).toEqual([3, 3]);
  });

  it('is that of a value far from the border', () => {
    // Padded until every value sees padding too.
    expect(fieldSides(last(input(1, 4), conv(1, 5, 1, 2), conv(1, 5, 1, 2), conv(1, 5, 1, 2))!)).toEqual([13, 13]);
    expect(sides(['ZeroPadding2D', { padding: 5 }], conv(1, 3))).toEqual([3, 3]);
  });

  it('goes from the first to the last tap of a dilated window, and leaves out what a stride skips', () => {
    expect(sides(['Conv2D', { filters: 1, kernelSize: 3, padding: 0, dilation: 4 }])).toEqual([9, 9]);
    const skipping = last(input(1, 32), conv(1, 2, 5), conv(1, 2))!;
    expect(fieldSides(skipping)).toEqual([7, 7]);
    expect(skipping.jump).toEqual([5, 5]);
  });

  it('is lost where the pixels are rearranged', () => {
    expect(last(input(4, 6), ['Reshape', { channels: 4, height: 6, width: 6 }], conv(1, 3))).toBeUndefined();
    expect(last(input(4, 6), ['Flatten'])).toBeUndefined();
    expect(last(input(4, 6), ['GlobalAveragePooling2D'], ['Dense'])).toBeUndefined();
  });

  const branches = (
    first: readonly (readonly [string, Fields])[],
    second: readonly (readonly [string, Fields])[],
    kind = 'Add',
  ) => {
    let network = chain(input(1, 32));
    const grow = (prefix: string, layers: readonly (readonly [string, Fields])[]) =>
      layers.reduce((after, [of, fields], i) => {
        const id = `${prefix}${i}`;
        network = applyEdit(network, { type: 'add', kind: of, id, after: [after], fields: { filters: 1, ...fields } });
        return id;
      }, 'input');
    const after = [grow('a', first), grow('b', second)];
    network = applyEdit(network, { type: 'add', kind, id: 'merge', after });
    const report = propagate(network);
    expect(report.layers.get('merge')?.problems).toEqual([]);
    return report.layers.get('merge')?.receptiveField;
  };
  const same = (kernelSize: number) => ['Conv2D', { kernelSize, padding: 'same' }] as const;

  it.each(['Add', 'Multiply', 'Concatenate'])('%s: from the first to the last pixel that a branch sees', (kind) => {
    // Two `same` CONVs 2×2 pad behind only: pixels 0 to 2; one of 3×3 sees −1 to 1.
    const field = branches([same(2), same(2)], [same(3)], kind)!;
    expect(fieldSides(field)).toEqual([4, 4]);
    expect(spanAt(field.width, 0)).toEqual([-1, 2]);
    expect(fieldSides(branches([same(5)], [same(3)], kind)!)).toEqual([5, 5]);
  });

  it('of branches that go over the image at different rates: of the value that sees the most', () => {
    // 32 → 16: by a POOL (value i sees 2i, 2i + 1) and by a window of 17 (i to i + 16).
    const field = branches([['MaxPooling2D', {}]], [['Conv2D', { kernelSize: 17, padding: 0 }]])!;
    expect(spanAt(field.width, 0)).toEqual([0, 16]);
    expect(spanAt(field.width, 15)).toEqual([15, 31]);
    expect(fieldSides(field)).toEqual([17, 17]);
    const wide = branches(
      [['MaxPooling2D', {}]],
      [
        ['Conv2D', { kernelSize: 3, padding: 0 }],
        ['Conv2D', { kernelSize: 15, padding: 0 }],
      ],
    )!;
    expect(fieldSides(wide)).toEqual([17, 17]);
  });

  // Araujo, Norris and Sim 2019, "Computing Receptive Fields of Convolutional Neural Networks", table 1.
  it.each([
    ['vgg16', 'MaxPooling2D', 212],
    ['mobilenet', 'ReLU', 315],
  ] as const)('%s sees as much as the literature says', (id, kind, side) => {
    const report = propagate(findTemplate(id)!.create().network);
    const before = report.order.findLast(
      (layer) =>
        report.layers.get(layer)?.layer.kind === kind && report.layers.get(layer)?.receptiveField !== undefined,
    );
    expect(report.layers.get(before ?? '')?.receptiveField?.size).toEqual([side, side]);
  });

  it('stays a number, or none, for designs made to be slow', () => {
    const ups = Array.from({ length: 4 }, (): Step => ['UpSampling2D', { size: 64 }]);
    expect(last(input(1, 1), ...ups)).toBeUndefined();
    const strides = Array.from({ length: 120 }, () => conv(1, 1, 1024));
    expect(last(input(1, 1), ...strides)).toBeUndefined();
    expect(fieldSides(last(input(1, 1), ...strides.slice(0, 3))!)).toEqual([1, 1]);
  });
});
