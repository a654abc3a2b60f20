import type { Value } from '../graph.ts';
import type { AttributesOf } from './attributes.ts';
import { sumPerChannel } from './channel-sum.ts';
import { weightGradient } from './conv-weight-gradient.ts';
import type { GraphWriter, Operator } from './operator.ts';
import { unreadBy, WINDOW_ATTRIBUTES, windowOutput } from './window.ts';

/** y [N, K, oh, ow] = x [N, C, H, W] ⋆ w [K, C/g, fh, fw] + b [K]: cross-correlation, as in every framework. */
export const conv: Operator<'Conv'> = {
  attributes: { ...WINDOW_ATTRIBUTES, group: 'int' },
  defaults: ([, w]) => ({
    kernel_shape: w?.dims.slice(2) ?? [],
    strides: [1, 1],
    pads: [0, 0, 0, 0],
    dilations: [1, 1],
    group: 1,
  }),
  types: (context) => {
    const [x, w] = [context.input(0), context.input(1)];
    const { group, kernel_shape } = context.attributes;
    const [n, channels] = x.dims as readonly [number, number];
    const [filters, perGroup] = w.dims as readonly [number, number];
    if (x.dims.length !== 4 || w.dims.length !== 4) context.fail('needs [N, C, H, W] and [K, C/g, fh, fw]');
    if (channels !== perGroup * group || filters % group !== 0)
      context.fail(`cannot split channels into ${group} groups`);
    if (w.dims.slice(2).join() !== kernel_shape.join()) context.fail('has a kernel_shape unlike its weights');
    const [oh, ow] = windowOutput(x.dims, context.attributes);
    if (oh < 1 || ow < 1) context.fail('has a window larger than its padded input');
    return [{ dtype: x.dtype, dims: [n, filters, oh, ow] }];
  },
  gradient: ({ graph, inputs, dy, attributes, wants }) => {
    const [x, w, b] = inputs as readonly [Value, Value, Value | undefined];
    const { volume, scaled } = apartFromFactors(graph, dy);
    return [
      wants(0) ? inputGradient(graph, x, scaled(w), volume, attributes) : undefined,
      wants(1) ? scaled(weightGradient(graph, x, w, volume, attributes)) : undefined,
      b && wants(2) ? scaled(sumPerChannel(graph, volume)) : undefined,
    ];
  },
};

/**
 * BATCH NORM's dx, which is the dy of the CONV before it, ends in a factor for each of its channels, this CONV's filters.
 * On the weights and on their gradient that is cheaper than on the volume.
 *
 * @returns dy without its factors, and what puts them on a value whose first dimension is filters
 */
function apartFromFactors(graph: GraphWriter, dy: Value) {
  const node = graph.producer(dy);
  const [volume, factors] = node?.inputs ?? [];
  const filters = graph.dims(dy)[1] as number;
  if (node?.op !== 'Mul' || volume === undefined || factors === undefined) return { volume: dy, scaled: identity };
  if (graph.dims(factors).join() !== [1, filters, 1, 1].join()) return { volume: dy, scaled: identity };
  const scaled = (value: Value) => {
    const aligned = graph.dims(value).map((_, axis) => (axis === 0 ? filters : 1));
    return graph.add('Mul', [value, graph.add('Reshape', [factors, graph.ints(aligned)], {})], {});
  };
  return { volume, scaled };
}

function identity(value: Value): Value {
  return value;
}

/**
 * dx: for stride 1 a CONV of dy with the filters turned by 180° and in/out channels exchanged (2× faster on a CPU than
 * ConvTranspose); otherwise ConvTranspose, which reads the same weights as they are.
 */
function inputGradient(graph: GraphWriter, x: Value, w: Value, dy: Value, attributes: AttributesOf<'Conv'>): Value {
  const { kernel_shape: f, strides, pads, dilations: d, group } = attributes;
  const [reachH, reachW] = [0, 1].map((a) => (d[a] as number) * ((f[a] as number) - 1)) as [number, number];
  const back = [
    reachH - (pads[0] as number),
    reachW - (pads[1] as number),
    reachH - (pads[2] as number),
    reachW - (pads[3] as number),
  ];
  if (strides.some((s) => s !== 1) || back.some((p) => p < 0)) {
    const transposed = { ...attributes, output_padding: unreadBy(graph.dims(x), attributes) };
    if (group === 1 || graph.target.groupedConvTranspose) return graph.add('ConvTranspose', [dy, w], transposed);
    const parts = [dy, w].map((value, i) => split(graph, value, i === 0 ? 1 : 0, group));
    const maps = Array.from({ length: group }, (_, g) =>
      graph.add('ConvTranspose', [parts[0]?.[g], parts[1]?.[g]], { ...transposed, group: 1 }),
    );
    return graph.add('Concat', maps, { axis: 1 });
  }
  return graph.add('Conv', [dy, turnFilters(graph, w, group)], {
    kernel_shape: f,
    strides: [1, 1],
    pads: back,
    dilations: d,
    group,
  });
}

/** Cuts a value into equal parts along an axis. */
function split(graph: GraphWriter, value: Value, axis: number, parts: number): readonly Value[] {
  const each = (graph.dims(value)[axis] as number) / parts;
  return Array.from({ length: parts }, (_, i) => {
    const [begin, end, along] = [i * each, (i + 1) * each, axis].map((v) => graph.ints([v]));
    return graph.add('Slice', [value, begin, end, along], {});
  });
}

/** [K, C/g, fh, fw] → [C, K/g, fh, fw], each filter turned by 180°. */
function turnFilters(graph: GraphWriter, w: Value, group: number): Value {
  const [filters, perGroup, fh, fw] = graph.dims(w) as readonly [number, number, number, number];
  const swapped =
    group === 1
      ? graph.add('Transpose', [w], { perm: [1, 0, 2, 3] })
      : graph.add(
          'Reshape',
          [
            graph.add(
              'Transpose',
              [graph.add('Reshape', [w, graph.ints([group, filters / group, perGroup, fh * fw])], {})],
              { perm: [0, 2, 1, 3] },
            ),
            graph.ints([group * perGroup, filters / group, fh, fw]),
          ],
          {},
        );
  if (fh === 1 && fw === 1) return swapped;
  const last = [-1, -1];
  const before = [-fh - 1, -fw - 1];
  return graph.add(
    'Slice',
    [swapped, graph.ints(last), graph.ints(before), graph.ints([2, 3]), graph.ints([-1, -1])],
    {},
  );
}

export const convTranspose: Operator<'ConvTranspose'> = {
  attributes: { ...WINDOW_ATTRIBUTES, group: 'int', output_padding: 'ints' },
  defaults: ([, w]) => ({
    kernel_shape: w?.dims.slice(2) ?? [],
    strides: [1, 1],
    pads: [0, 0, 0, 0],
    dilations: [1, 1],
    group: 1,
    output_padding: [0, 0],
  }),
  types: (context) => {
    const [x, w] = [context.input(0), context.input(1)];
    const { kernel_shape: f, strides: s, pads: p, dilations: d, group, output_padding: extra } = context.attributes;
    const [n, channels, ...size] = x.dims as readonly [number, number, number, number];
    if (channels !== w.dims[0]) context.fail('needs weights with one row for each input channel');
    const length = (a: 0 | 1) =>
      (size[a] - 1) * (s[a] as number) +
      (d[a] as number) * ((f[a] as number) - 1) +
      1 +
      (extra[a] as number) -
      (p[a] as number) -
      (p[a + 2] as number);
    return [{ dtype: x.dtype, dims: [n, (w.dims[1] as number) * group, length(0), length(1)] }];
  },
  /** The transposition of a CONV: dx is that CONV of dy, and dw its weight gradient with input and output swapped. */
  gradient: ({ graph, inputs: [x, w, b], dy, attributes, wants }) => {
    const { output_padding: _extra, ...conv } = attributes;
    const [input, weight] = [x as Value, w as Value];
    return [
      wants(0) ? graph.add('Conv', [dy, weight], conv) : undefined,
      wants(1) ? weightGradient(graph, dy, weight, input, conv) : undefined,
      b !== undefined && wants(2) ? sumPerChannel(graph, dy) : undefined,
    ];
  },
};
