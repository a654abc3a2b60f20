import type { Value } from '../graph.ts';
import type { AttributesOf } from './attributes.ts';
import { wholeBlocks } from './blocked.ts';
import { asBlocked, asPlanes, fitsPlanes } from './blocked-weight-gradient.ts';
import type { GraphWriter } from './operator.ts';
import { copyingFilters, EVERYWHERE, padSpatial } from './window.ts';

type ConvAttributes = AttributesOf<'Conv'>;
export type Form = (graph: GraphWriter, x: Value, w: Value, dy: Value, attributes: ConvAttributes) => Value;

/** The forms in which dw can be written; bench/weight-gradient.bench.ts times them over the layers of real networks. */
export const PLAIN_FORMS = { asConv, asColumns, asTaps, asShifts } as const satisfies Readonly<Record<string, Form>>;

/** Those that need a target with a blocked layout. */
export const BLOCKED_FORMS = { asBlocked, asPlanes } as const satisfies Readonly<Record<string, Form>>;

/** Bounds between the forms, measured on two AVX-512 cores with ORT 1.30: docs/performance.md. */
const FEW_CHANNELS = 4;
const SHIFTED_PAIRS = 2048;
/** Few filters × channels, and few positions for a large window. */
const FEW_PAIRS = 512;
const FEW_POSITIONS = 200;
/** So few that all forms take the same time; a CONV copies the least. */
const TINY_PAIRS = 16;
/** Positions of dy for each weight of a filter from which one answer for each picture pays; with few pictures, sooner. */
const PLANES = 0.25;
const PLANES_IF_FEW = 0.05;
/** Filters × channels up to which that holds for 1×1 windows, whose gradient is one product of matrices otherwise. */
const FEW_FACTORS = 1024;
/** Share of the blocks' pictures that must be real ones. */
const FILLED = 0.75;

/** dw [K, C/g, fh, fw]: the correlation of the input with dy, summed over images and positions. */
export const weightGradient: Form = (graph, x, w, dy, attributes) => {
  const blocked = inBlocks(graph, x, w, dy, attributes);
  if (blocked !== undefined) return blocked;
  const [filters, channels, fh, fw] = graph.dims(w) as readonly [number, number, number, number];
  const pairs = filters * channels;
  const [, , oh, ow] = graph.dims(dy) as readonly [number, number, number, number];
  const inOneGroup = attributes.group === 1 && fh * fw > 1;
  const strided = attributes.strides.some((stride) => stride !== 1);
  if (
    inOneGroup &&
    pairs <= FEW_PAIRS &&
    (strided || (fh * fw > 9 && (oh * ow <= FEW_POSITIONS || pairs <= TINY_PAIRS)))
  ) {
    return asConv(graph, x, w, dy, attributes);
  }
  if (inOneGroup && !strided && channels <= FEW_CHANNELS) return asColumns(graph, x, w, dy, attributes);
  if (inOneGroup && !strided && pairs <= SHIFTED_PAIRS) return asShifts(graph, x, w, dy, attributes);
  return fh * fw <= 9 ? asTaps(graph, x, w, dy, attributes) : asColumns(graph, x, w, dy, attributes);
};

/** In the runtime's blocked layout, where the target has one and that is faster. */
function inBlocks(graph: GraphWriter, x: Value, w: Value, dy: Value, attributes: ConvAttributes): Value | undefined {
  const block = graph.target.channelBlock;
  if (block <= 1 || attributes.group !== 1) return undefined;
  const [filters, channels, fh, fw] = graph.dims(w) as readonly [number, number, number, number];
  const [pictures, , oh, ow] = graph.dims(dy) as readonly [number, number, number, number];
  const taps = fh * fw;
  if (taps === 1 && attributes.strides.some((stride) => stride !== 1) && channels % block === 0) {
    return weightGradient(graph, everyReadPixel(graph, x, attributes), w, dy, ONE_BY_ONE);
  }
  const filled = wholeBlocks(pictures, block) * FILLED <= pictures;
  const perWeight = (oh * ow) / (channels * taps);
  const planes = taps === 1 ? filters * channels <= FEW_FACTORS : perWeight >= (filled ? PLANES : PLANES_IF_FEW);
  if (planes && fitsPlanes(graph, w, dy, attributes)) return asPlanes(graph, x, w, dy, attributes);
  return taps > 1 && filled ? asBlocked(graph, x, w, dy, attributes) : undefined;
}

const ONE_BY_ONE = { ...EVERYWHERE, kernel_shape: [1, 1], group: 1 } as const;

/** The pixels that a 1×1 window with a stride reads, as a volume of their own. */
function everyReadPixel(graph: GraphWriter, x: Value, { strides, pads }: ConvAttributes): Value {
  const group = graph.dims(x)[1] as number;
  return graph.add('Conv', [x, copyingFilters(graph, group)], { ...ONE_BY_ONE, strides, pads, group });
}

/** A CONV over [C, N, H, W] with dy as its filters: images and channels change places, stride and dilation too. */
function asConv(graph: GraphWriter, x: Value, w: Value, dy: Value, attributes: ConvAttributes): Value {
  const { strides, pads, dilations } = attributes;
  const perm = [1, 0, 2, 3];
  const [, , fh, fw] = graph.dims(w) as readonly [number, number, number, number];
  const filters = graph.add('Transpose', [dy], { perm });
  const full = graph.add('Conv', [graph.add('Transpose', [x], { perm }), filters], {
    kernel_shape: graph.dims(filters).slice(2),
    strides: dilations,
    pads,
    dilations: strides,
    group: 1,
  });
  // Rows and columns that the forward window never read give further taps; they are not weights.
  const [, , h, wd] = graph.dims(full) as readonly [number, number, number, number];
  const taps =
    h === fh && wd === fw
      ? full
      : graph.add('Slice', [full, graph.ints([0, 0]), graph.ints([fh, fw]), graph.ints([2, 3])], {});
  return graph.add('Transpose', [taps], { perm });
}

/** fw slices by column and one Concat, then fh slices by row (contiguous for stride 1), a batched MatMul each. */
function asColumns(graph: GraphWriter, x: Value, w: Value, dy: Value, attributes: ConvAttributes): Value {
  const { group } = attributes;
  const [filters, channels, fh, fw] = graph.dims(w) as readonly [number, number, number, number];
  const [n, , oh, ow] = graph.dims(dy) as readonly [number, number, number, number];
  const padded = padSpatial(graph, x, attributes.pads);
  const [, , height] = graph.dims(padded) as readonly [number, number, number, number];
  const split = [n, group, channels, height, ow];
  const columns = Array.from({ length: fw }, (_, j) => {
    const column = tap(graph, padded, attributes, 1, j, ow);
    return graph.add('Reshape', [column, graph.ints(split)], {});
  });
  const stacked = fw === 1 ? (columns[0] as Value) : graph.add('Concat', columns, { axis: 2 });
  const stack = graph.add('Reshape', [stacked, graph.ints([n, group * fw * channels, height, ow])], {});
  const rows = Array.from({ length: fh }, (_, i) => {
    const row = tap(graph, stack, attributes, 0, i, oh);
    const sum = contract(graph, dy, row, group); // [g, K/g, fw·C/g]
    return graph.add('Reshape', [sum, graph.ints([filters, 1, fw, channels])], {});
  });
  const all = fh === 1 ? (rows[0] as Value) : graph.add('Concat', rows, { axis: 1 });
  return graph.add('Transpose', [all], { perm: [0, 3, 1, 2] });
}

/** A batched MatMul for each of the fh·fw taps. */
function asTaps(graph: GraphWriter, x: Value, w: Value, dy: Value, attributes: ConvAttributes): Value {
  const [filters, channels, fh, fw] = graph.dims(w) as readonly [number, number, number, number];
  const [, , oh, ow] = graph.dims(dy) as readonly [number, number, number, number];
  const padded = padSpatial(graph, x, attributes.pads);
  const taps: Value[] = [];
  for (let i = 0; i < fh; i++) {
    for (let j = 0; j < fw; j++) {
      const seen = tap(graph, tap(graph, padded, attributes, 0, i, oh), attributes, 1, j, ow);
      const sum = contract(graph, dy, seen, attributes.group);
      taps.push(graph.add('Reshape', [sum, graph.ints([filters, channels, 1])], {}));
    }
  }
  const all = taps.length === 1 ? (taps[0] as Value) : graph.add('Concat', taps, { axis: 2 });
  return graph.add('Reshape', [all, graph.ints([filters, channels, fh, fw])], {});
}

/**
 * One batched MatMul for all taps (stride 1, one group): fw copies of the input, shifted by columns and cut to dy's
 * width, against fh copies of dy, shifted by rows within the padded height. Few and large products, little copied.
 */
function asShifts(graph: GraphWriter, x: Value, w: Value, dy: Value, { pads, dilations }: ConvAttributes): Value {
  const [filters, channels, fh, fw] = graph.dims(w) as readonly [number, number, number, number];
  const [n, , oh, ow] = graph.dims(dy) as readonly [number, number, number, number];
  const [, , xh, xw] = graph.dims(x) as readonly [number, number, number, number];
  const [top, left, bottom] = pads as readonly [number, number, number, number];
  const height = top + xh + bottom;
  const stack = (copies: readonly Value[], maps: number) => {
    const all = copies.length === 1 ? (copies[0] as Value) : graph.add('Concat', copies, { axis: 1 });
    return graph.add('Reshape', [all, graph.ints([n, maps, height * ow])], {});
  };
  // Negative pads crop: padding and shifting are one pass over the input.
  const columns = Array.from({ length: fw }, (_, j) => {
    const before = left - j * (dilations[1] as number);
    const around = [0, 0, top, before, 0, 0, bottom, ow - xw - before];
    return around.every((p) => p === 0) ? x : graph.add('Pad', [x, graph.ints(around)], {});
  });
  const rows = Array.from({ length: fh }, (_, i) => {
    const above = i * (dilations[0] as number);
    return padSpatial(graph, dy, [above, 0, height - oh - above, 0]);
  });
  const across = graph.add('Transpose', [stack(columns, fw * channels)], { perm: [0, 2, 1] });
  const products = graph.add('MatMul', [stack(rows, fh * filters), across], {});
  const sum = graph.add('ReduceSum', [products, graph.ints([0])], { keepdims: 0 });
  const apart = graph.add('Reshape', [sum, graph.ints([fh, filters, fw, channels])], {});
  return graph.add('Transpose', [apart], { perm: [1, 3, 0, 2] });
}

/** What tap `index` of the window reads along height (axis 0) or width (axis 1): every s-th line, `count` of them. */
function tap(
  graph: GraphWriter,
  value: Value,
  { strides, dilations }: ConvAttributes,
  axis: 0 | 1,
  index: number,
  count: number,
): Value {
  const begin = index * (dilations[axis] as number);
  const stride = strides[axis] as number;
  const end = begin + stride * (count - 1) + 1;
  if (begin === 0 && end === graph.dims(value)[2 + axis] && stride === 1) return value;
  const [from, to, along, step] = [begin, end, 2 + axis, stride].map((v) => graph.ints([v]));
  return graph.add('Slice', [value, from, to, along, step], {});
}

/** Σ over images and positions of dy [N, K, oh, ow] times seen [N, M, oh, ow], group by group → [g, K/g, M/g]. */
function contract(graph: GraphWriter, dy: Value, seen: Value, group: number): Value {
  const flat = (value: Value) => {
    const [n, c, h, w] = graph.dims(value) as readonly [number, number, number, number];
    return graph.add('Reshape', [value, graph.ints([n, group, c / group, h * w])], {});
  };
  const across = graph.add('Transpose', [flat(seen)], { perm: [0, 1, 3, 2] });
  const products = graph.add('MatMul', [flat(dy), across], {});
  return graph.add('ReduceSum', [products, graph.ints([0])], { keepdims: 0 });
}
