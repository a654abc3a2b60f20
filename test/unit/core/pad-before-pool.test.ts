/** ONNX Runtime, with all of its optimisations, gives a Pad in front of a window its plain meaning. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '#core/onnx/builder.ts';
import { decodeGraph } from '#core/onnx/decode.ts';
import { encodeModel } from '#core/onnx/encode.ts';
import type { Graph, Value } from '#core/onnx/graph.ts';
import { float32 } from '#core/onnx/tensor.ts';
import { relativeError } from '../../oracle/gradient-check.ts';
import { runOrt } from '../../oracle/ort.ts';
import { evaluate } from '../../oracle/reference.ts';

const CHANNELS = 4;
const DIMS = [2, CHANNELS, 5, 4] as const;

interface Window {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}
type Write = (graph: GraphBuilder, x: Value, window: Window) => Value;

const attributes = ({ size, stride, padding }: Window) => ({
  kernel_shape: [size, size],
  strides: [stride, stride],
  pads: [padding, padding, padding, padding],
});

const average =
  (count_include_pad: 0 | 1): Write =>
  (graph, x, window) =>
    graph.add('AveragePool', [x], { ...attributes(window), count_include_pad });

const convolve =
  (group: number, dilation: number): Write =>
  (graph, x, window) => {
    const dims = [CHANNELS, CHANNELS / group, window.size, window.size];
    const count = dims.reduce((a, b) => a * b);
    const w = graph.constant(
      float32(
        dims,
        Float32Array.from({ length: count }, (_, i) => Math.sin(i + 1)),
      ),
    );
    return graph.add('Conv', [x, w], { ...attributes(window), dilations: [dilation, dilation], group });
  };

const WINDOWS: Readonly<Record<string, Write>> = {
  MaxPool: (graph, x, window) => graph.add('MaxPool', [x], { ...attributes(window), dilations: [1, 1] }),
  'AveragePool, padding counted': average(1),
  'AveragePool, padding not counted': average(0),
  Conv: convolve(1, 1),
  'Conv, dilated': convolve(1, 2),
  'Conv, depthwise': convolve(CHANNELS, 1),
};

/** [height, width] of each Pad; several stand one behind the other. The last is a crop, as ZERO PAD's gradient is. */
const PADS: readonly (readonly (readonly [number, number])[])[] = [
  [[1, 1]],
  [[2, 1]],
  [[0, 3]],
  [[5, 4]],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [2, 0],
    [1, 3],
  ],
  [[-1, -1]],
];

/** What ONNX Runtime removes, so that the window reads what is before it. */
const BETWEEN: Readonly<Record<string, (graph: GraphBuilder, x: Value) => Value>> = {
  nothing: (_, x) => x,
  Identity: (graph, x) => graph.add('Identity', [x], {}),
  Dropout: (graph, x) => graph.add('Dropout', [x], {}),
  Reshape: (graph, x) => graph.add('Reshape', [x, graph.ints(graph.dims(x))], {}),
};

function windowsOver(dims: readonly number[], isPool: boolean): readonly Window[] {
  const all = [1, 2, 3, 5].flatMap((size) =>
    [1, 2, 3].flatMap((stride) => [0, 1, 2].map((padding) => ({ size, stride, padding }))),
  );
  const reach = (size: number) => (isPool ? size : 2 * size - 1);
  return all.filter(
    ({ size, padding }) =>
      padding <= (isPool ? size / 2 : size - 1) && dims.slice(2).every((side) => side + 2 * padding >= reach(size)),
  );
}

type Pads = (typeof PADS)[number];

function windowsBehind(name: string, pads: Pads): readonly Window[] {
  const side = (axis: 0 | 1) => pads.reduce((length, pad) => length + 2 * pad[axis], DIMS[2 + axis] as number);
  return windowsOver([...DIMS.slice(0, 2), side(0), side(1)], name.includes('Pool'));
}

/** Windows behind these Pads as outputs of one graph, each with Pads of its own. */
function graphOf(name: string, pads: Pads, windows: readonly Window[], between = 'nothing'): Graph {
  const graph = new GraphBuilder(name);
  const x = graph.input('x', { dtype: 'float32', dims: DIMS });
  const padded = () =>
    pads.reduce((value, [height, width]) => {
      return graph.add('Pad', [value, graph.ints([0, 0, height, width, 0, 0, height, width])], {});
    }, x);
  for (const window of windows) {
    const { size, stride, padding } = window;
    const read = (BETWEEN[between] as (graph: GraphBuilder, x: Value) => Value)(graph, padded());
    graph.output((WINDOWS[name] as Write)(graph, read, window), `F${size} S${stride} P${padding}`);
  }
  return graph.build();
}

// Below zero everywhere: a border of zeros is seen in a maximum.
const feeds = { x: { dims: DIMS, data: Float64Array.from({ length: 160 }, (_, i) => -1 - ((i * 7) % 11)) } };

async function compare(graph: Graph): Promise<void> {
  const [expected, found] = [evaluate(graph, feeds), await runOrt(graph, feeds)];
  for (const { name } of graph.outputs) {
    expect(found.get(name)?.dims, name).toEqual(expected.get(name)?.dims);
    expect(relativeError(found.get(name)!.data, expected.get(name)!.data), name).toBeLessThan(1e-5);
  }
}

describe.each(Object.keys(WINDOWS))('%s', (name) => {
  it.each(PADS.map((pads) => [JSON.stringify(pads), pads] as const))('behind %s', async (_, pads) => {
    const windows = windowsBehind(name, pads);
    expect(windows.length).toBeGreaterThan(3);
    await compare(graphOf(name, pads, windows));
  });

  // The runtime meets a node that it removes only after the Pad, unless the graph is one chain.
  it.each(Object.keys(BETWEEN))('behind a Pad, with %s in between', async (between) => {
    for (const pads of [[[1, 1]], [[5, 4]]] as const) {
      for (const window of windowsBehind(name, pads)) await compare(graphOf(name, pads, [window], between));
    }
  });

  it('means the same when it is read from a file', () => {
    const graph = graphOf(name, [[5, 4]], windowsBehind(name, [[5, 4]]), 'Dropout');
    const [expected, found] = [evaluate(graph, feeds), evaluate(decodeGraph(encodeModel(graph), 2), feeds)];
    for (const { name: window } of graph.outputs) expect(found.get(window)).toEqual(expected.get(window));
  });
});
