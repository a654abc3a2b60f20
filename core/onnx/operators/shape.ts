import type { Value } from '../graph.ts';
import { elementCount } from '../tensor.ts';
import { broadcast, unbroadcast } from './elementwise.ts';
import { type GraphWriter, notDifferentiable, type Operator } from './operator.ts';

/** Largest value of an ONNX Slice end: "to the end of the axis". */
const END = 2 ** 31 - 1;

function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export const concat: Operator<'Concat'> = {
  attributes: { axis: 'int' },
  types: (context) => {
    const first = context.input(0);
    const axis = axisOf(context.attributes.axis, first.dims.length);
    const dims = [...first.dims];
    for (let i = 1; i < context.inputs.length; i++) {
      const next = context.input(i).dims;
      const same = next.length === dims.length && next.every((dim, a) => a === axis || dim === dims[a]);
      if (!same) context.fail(`needs tensors alike but for axis ${axis}`);
      dims[axis] = (dims[axis] as number) + (next[axis] as number);
    }
    return [{ dtype: first.dtype, dims }];
  },
  gradient: ({ graph, inputs, attributes, dy, wants }) => {
    const axis = axisOf(attributes.axis, graph.dims(dy).length);
    let start = 0;
    return inputs.map((input, i) => {
      const from = start;
      start += graph.dims(input)[axis] as number;
      if (!wants(i)) return undefined;
      return graph.add('Slice', [dy, graph.ints([from]), graph.ints([start]), graph.ints([axis])], {});
    });
  },
};

/** Resolves ONNX's Slice inputs to one begin, count and step an axis. */
export function sliceRanges(
  dims: readonly number[],
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[] | undefined,
  steps: readonly number[] | undefined,
): readonly { readonly begin: number; readonly count: number; readonly step: number }[] {
  const ranges = dims.map((dim) => ({ begin: 0, count: dim, step: 1 }));
  starts.forEach((start, i) => {
    const axis = axisOf(axes?.[i] ?? i, dims.length);
    const step = steps?.[i] ?? 1;
    const dim = dims[axis] as number;
    const within = (at: number, low: number, high: number) => Math.min(Math.max(at < 0 ? at + dim : at, low), high);
    const begin = step > 0 ? within(start, 0, dim) : within(start, 0, dim - 1);
    const rawEnd = ends[i] as number;
    const end = step > 0 ? within(rawEnd, 0, dim) : rawEnd <= -dim - 1 ? -1 : within(rawEnd, -1, dim - 1);
    ranges[axis] = { begin, count: Math.max(0, Math.ceil((end - begin) / step)), step };
  });
  return ranges;
}

/** Puts |step| − 1 zeros between the elements along an axis, after turning it round for a negative step. */
function unstep(graph: GraphWriter, value: Value, axis: number, step: number): Value {
  const dims = graph.dims(value);
  const length = dims[axis] as number;
  const ints = (n: number) => graph.ints([n]);
  const turned = step > 0 ? value : graph.add('Slice', [value, ints(-1), ints(-length - 1), ints(axis), ints(-1)], {});
  const every = Math.abs(step);
  if (every === 1 || length === 0) return turned;
  const apart = graph.add(
    'Reshape',
    [turned, graph.ints([...dims.slice(0, axis + 1), 1, ...dims.slice(axis + 1)])],
    {},
  );
  const zeros = dims.map(() => 0);
  const after = [...zeros, 0].map((_, i) => (i === axis + 1 ? every - 1 : 0));
  const filled = graph.add('Pad', [apart, graph.ints([...zeros, 0, ...after])], {});
  const merged = dims.map((dim, i) => (i === axis ? length * every : dim));
  const together = graph.add('Reshape', [filled, graph.ints(merged)], {});
  // Nothing follows the last element.
  return graph.add('Slice', [together, ints(0), ints((length - 1) * every + 1), ints(axis)], {});
}

export const slice: Operator<'Slice'> = {
  attributes: {},
  types: (context) => {
    const { dtype, dims } = context.input(0);
    const optional = (i: number) => (context.hasInput(i) ? context.constantNumbers(i) : undefined);
    const ranges = sliceRanges(dims, context.constantNumbers(1), context.constantNumbers(2), optional(3), optional(4));
    return [{ dtype, dims: ranges.map((range) => range.count) }];
  },
  gradient: ({ graph, inputs, dy, constantNumbers }) => {
    const dims = graph.dims(inputs[0] as Value);
    const optional = (i: number) => (inputs[i] ? constantNumbers(i) : undefined);
    const ranges = sliceRanges(dims, constantNumbers(1), constantNumbers(2), optional(3), optional(4));
    const stepped = ranges.reduce((value, range, axis) => unstep(graph, value, axis, range.step), dy);
    const low = ranges.map(({ begin, count, step }) => (step > 0 ? begin : begin + (count - 1) * step));
    const after = graph.dims(stepped).map((length, i) => (dims[i] as number) - (low[i] as number) - length);
    return [graph.add('Pad', [stepped, graph.ints([...low, ...after])], {})];
  },
};

/** The slices of a tensor along an axis that whole numbers name. */
export const gather: Operator<'Gather'> = {
  attributes: { axis: 'int' },
  defaults: () => ({ axis: 0 }),
  types: ({ input, attributes: { axis } }) => {
    const { dtype, dims } = input(0);
    const at = axis < 0 ? axis + dims.length : axis;
    return [{ dtype, dims: [...dims.slice(0, at), ...input(1).dims, ...dims.slice(at + 1)] }];
  },
  gradient: notDifferentiable('only pictures are gathered'),
};

/** Zero padding; negative pads crop, as ONNX allows. */
export const pad: Operator<'Pad'> = {
  attributes: {},
  types: (context) => {
    const { dtype, dims } = context.input(0);
    const pads = context.constantNumbers(1);
    const rank = dims.length;
    if (pads.length !== 2 * rank) context.fail(`needs ${2 * rank} pads`);
    return [{ dtype, dims: dims.map((dim, i) => dim + (pads[i] as number) + (pads[i + rank] as number)) }];
  },
  gradient: ({ graph, dy, constantNumbers }) => {
    const crop = constantNumbers(1).map((n) => (n === 0 ? 0 : -n));
    return [graph.add('Pad', [dy, graph.ints(crop)], {})];
  },
};

export const reshape: Operator<'Reshape'> = {
  attributes: {},
  types: (context) => {
    const { dtype, dims } = context.input(0);
    const asked = context.constantNumbers(1).map((dim, i) => (dim === 0 ? (dims[i] as number) : dim));
    const known = elementCount(asked.filter((dim) => dim !== -1));
    const wanted = asked.map((dim) => (dim === -1 ? elementCount(dims) / known : dim));
    if (elementCount(wanted) !== elementCount(dims)) context.fail(`cannot become [${asked.join(', ')}]`);
    return [{ dtype, dims: wanted }];
  },
  gradient: ({ graph, inputs: [x], dy }) => [graph.add('Reshape', [dy, graph.ints(graph.dims(x as Value))], {})],
};

export const flatten: Operator<'Flatten'> = {
  attributes: { axis: 'int' },
  defaults: () => ({ axis: 1 }),
  types: ({ input, attributes }) => {
    const { dtype, dims } = input(0);
    const axis = axisOf(attributes.axis, dims.length);
    return [{ dtype, dims: [elementCount(dims.slice(0, axis)), elementCount(dims.slice(axis))] }];
  },
  gradient: ({ graph, inputs: [x], dy }) => [graph.add('Reshape', [dy, graph.ints(graph.dims(x as Value))], {})],
};

export const transpose: Operator<'Transpose'> = {
  attributes: { perm: 'ints' },
  defaults: ([x]) => ({ perm: (x?.dims ?? []).map((_, i) => (x?.dims.length ?? 0) - 1 - i) }),
  types: (context) => {
    const { dtype, dims } = context.input(0);
    const { perm } = context.attributes;
    if ([...perm].sort((a, b) => a - b).some((axis, i) => axis !== i) || perm.length !== dims.length) {
      context.fail(`cannot put its axes in the order ${perm.join(', ')}`);
    }
    return [{ dtype, dims: perm.map((axis) => dims[axis] as number) }];
  },
  gradient: ({ graph, dy, attributes: { perm } }) => {
    const inverse = perm.map((_, axis) => perm.indexOf(axis));
    return [graph.add('Transpose', [dy], { perm: inverse })];
  },
};

export const expand: Operator<'Expand'> = {
  attributes: {},
  types: (context) => {
    const { dtype, dims } = context.input(0);
    const wanted = broadcast(dims, context.constantNumbers(1));
    return [{ dtype, dims: wanted ?? context.fail('cannot be broadcast so') }];
  },
  gradient: ({ graph, inputs: [x], dy }) => [unbroadcast(graph, dy, graph.dims(x as Value))],
};

export const scatterElements: Operator<'ScatterElements'> = {
  attributes: { axis: 'int', reduction: 'string' },
  defaults: () => ({ axis: 0, reduction: 'none' }),
  types: ({ input }) => [input(0)],
  gradient: notDifferentiable('it is written by gradients only'),
};

export { END as SLICE_TO_END };
