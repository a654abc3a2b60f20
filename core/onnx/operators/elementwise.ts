import type { Value } from '../graph.ts';
import type { TensorType } from '../tensor.ts';
import { sumPerChannel } from './channel-sum.ts';
import { type GraphWriter, notDifferentiable, type Operator, type TypeContext } from './operator.ts';

/** Dimensions of two tensors combined by numpy's broadcasting, or undefined where they do not go together. */
export function broadcast(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const dims: number[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return undefined;
    dims.push(x === 1 ? y : x);
  }
  return dims;
}

/** Sums a gradient over the axes along which its value was broadcast, so that it has that value's dimensions again. */
export function unbroadcast(graph: GraphWriter, gradient: Value, dims: readonly number[]): Value {
  const from = graph.dims(gradient);
  const missing = from.length - dims.length;
  const axes = from.flatMap((dim, i) => (i < missing || (dims[i - missing] === 1 && dim !== 1) ? [i] : []));
  if (axes.length === 0) return gradient;
  if (from.length > 1 && axes.length === from.length - 1 && !axes.includes(1)) {
    return graph.add('Reshape', [sumPerChannel(graph, ...factorsOf(graph, gradient)), graph.ints(dims)], {});
  }
  const summed = graph.add('ReduceSum', [gradient, graph.ints(axes)], { keepdims: 1 });
  return missing === 0 ? summed : graph.add('Reshape', [summed, graph.ints(dims)], {});
}

/** The two volumes whose product a value is, or the value itself. */
function factorsOf(graph: GraphWriter, value: Value): readonly [Value, Value?] {
  const node = graph.producer(value);
  const [a, b] = node?.inputs ?? [];
  const dims = graph.dims(value).join();
  if (node?.op !== 'Mul' || a === undefined || b === undefined) return [value];
  return graph.dims(a).join() === dims && graph.dims(b).join() === dims ? [a, b] : [value];
}

function binaryTypes(
  context: TypeContext<'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow' | 'Equal' | 'Greater'>,
): readonly TensorType[] {
  const [a, b] = [context.input(0), context.input(1)];
  if (a.dtype !== b.dtype) context.fail('needs two tensors of one type');
  const dims = broadcast(a.dims, b.dims) ?? context.fail('needs tensors that can be broadcast to each other');
  return [{ dtype: a.dtype, dims }];
}

/** So large that it takes every float32 beyond ±3·10⁻³⁹ to ±1 or further. */
const STEEP = 3e38;

/**
 * 1 where the value is positive, else 0 (at 0 too, as in PyTorch). One pass of a vectorised operator: a comparison and
 * a cast, or Sign, take several times as long on ORT's CPU provider.
 */
export function isPositive(graph: GraphWriter, value: Value): Value {
  return graph.add('HardSigmoid', [value], { alpha: STEEP, beta: 0 });
}

/** 1, 0 or −1 by a value's sign. */
export function signOf(graph: GraphWriter, value: Value): Value {
  const steep = graph.add('Mul', [value, graph.scalar(STEEP)], {});
  return graph.add('Clip', [steep, graph.scalar(-1), graph.scalar(1)], {});
}

export function sameType(context: { input(index: number): TensorType }): readonly TensorType[] {
  return [context.input(0)];
}

export const add: Operator<'Add'> = {
  attributes: {},
  types: binaryTypes,
  gradient: ({ graph, inputs: [a, b], dy, wants }) => [
    wants(0) ? unbroadcast(graph, dy, graph.dims(a as Value)) : undefined,
    wants(1) ? unbroadcast(graph, dy, graph.dims(b as Value)) : undefined,
  ],
};

export const sub: Operator<'Sub'> = {
  attributes: {},
  types: binaryTypes,
  gradient: ({ graph, inputs: [a, b], dy, wants }) => [
    wants(0) ? unbroadcast(graph, dy, graph.dims(a as Value)) : undefined,
    wants(1) ? graph.add('Neg', [unbroadcast(graph, dy, graph.dims(b as Value))], {}) : undefined,
  ],
};

export const mul: Operator<'Mul'> = {
  attributes: {},
  types: binaryTypes,
  gradient: ({ graph, inputs: [a, b], dy, wants }) => [
    wants(0) ? unbroadcast(graph, graph.add('Mul', [dy, b], {}), graph.dims(a as Value)) : undefined,
    wants(1) ? unbroadcast(graph, graph.add('Mul', [dy, a], {}), graph.dims(b as Value)) : undefined,
  ],
};

/** y = a / b: da = dy / b, db = −dy · y / b */
export const div: Operator<'Div'> = {
  attributes: {},
  types: binaryTypes,
  gradient: ({ graph, inputs: [a, b], output: y, dy, wants }) => {
    const da = graph.add('Div', [dy, b], {});
    return [
      wants(0) ? unbroadcast(graph, da, graph.dims(a as Value)) : undefined,
      wants(1)
        ? graph.add('Neg', [unbroadcast(graph, graph.add('Mul', [da, y], {}), graph.dims(b as Value))], {})
        : undefined,
    ];
  },
};

/** y = a^p for a constant p: da = dy · p · a^(p−1). The exponent has no gradient here. */
export const pow: Operator<'Pow'> = {
  attributes: {},
  types: binaryTypes,
  gradient: ({ graph, inputs: [a, p], dy, wants }) => {
    if (!wants(0)) return [undefined, undefined];
    const slope = graph.add('Pow', [a, graph.add('Sub', [p, graph.scalar(1)], {})], {});
    const da = graph.add('Mul', [dy, graph.add('Mul', [slope, p], {})], {});
    return [unbroadcast(graph, da, graph.dims(a as Value)), undefined];
  },
};

export const neg: Operator<'Neg'> = {
  attributes: {},
  types: sameType,
  gradient: ({ graph, dy }) => [graph.add('Neg', [dy], {})],
};

export const exp: Operator<'Exp'> = {
  attributes: {},
  types: sameType,
  gradient: ({ graph, output: y, dy }) => [graph.add('Mul', [dy, y], {})],
};

/** The largest whole number that is not above x. */
export const floor: Operator<'Floor'> = {
  attributes: {},
  types: sameType,
  gradient: notDifferentiable('a step has no slope'),
};

/** y = √x: dx = dy / (2y) */
export const sqrt: Operator<'Sqrt'> = {
  attributes: {},
  types: sameType,
  gradient: ({ graph, output: y, dy }) => [graph.add('Div', [graph.add('Mul', [dy, graph.scalar(0.5)], {}), y], {})],
};

export const identity: Operator<'Identity'> = {
  attributes: {},
  types: sameType,
  gradient: ({ dy }) => [dy],
};

export const equal: Operator<'Equal'> = {
  attributes: {},
  types: (context) => binaryTypes(context).map((type) => ({ ...type, dtype: 'bool' as const })),
  gradient: notDifferentiable('a comparison has no slope'),
};

export const greater: Operator<'Greater'> = {
  attributes: {},
  types: (context) => binaryTypes(context).map((type) => ({ ...type, dtype: 'bool' as const })),
  gradient: notDifferentiable('a comparison has no slope'),
};

export const where: Operator<'Where'> = {
  attributes: {},
  types: (context) => {
    const [condition, a, b] = [context.input(0), context.input(1), context.input(2)];
    if (condition.dtype !== 'bool') context.fail('needs a bool tensor as its condition');
    const values = broadcast(a.dims, b.dims);
    const dims = values === undefined ? undefined : broadcast(condition.dims, values);
    return [{ dtype: a.dtype, dims: dims ?? context.fail('needs tensors that can be broadcast to each other') }];
  },
  gradient: ({ graph, inputs: [condition, a, b], dy, wants }) => {
    const zero = graph.scalar(0);
    return [
      undefined,
      wants(1) ? unbroadcast(graph, graph.add('Where', [condition, dy, zero], {}), graph.dims(a as Value)) : undefined,
      wants(2) ? unbroadcast(graph, graph.add('Where', [condition, zero, dy], {}), graph.dims(b as Value)) : undefined,
    ];
  },
};

export const cast: Operator<'Cast'> = {
  attributes: { to: 'dtype' },
  types: ({ input, attributes }) => [{ dtype: attributes.to, dims: input(0).dims }],
  gradient: notDifferentiable('it is used on integer inputs only'),
};

/** Limits every element to [min, max]; the limits are inputs, either may be left out. */
export const clip: Operator<'Clip'> = {
  attributes: {},
  types: sameType,
  /** 1 strictly between the bounds, 0 elsewhere: at a bound PyTorch's hardtanh has no slope either. */
  gradient: ({ graph, inputs: [x, low, high], dy, wants }) => {
    if (!wants(0)) return [undefined, undefined, undefined];
    const inside = graph.add(
      'Mul',
      [isPositive(graph, graph.add('Sub', [x, low], {})), isPositive(graph, graph.add('Sub', [high, x], {}))],
      {},
    );
    return [graph.add('Mul', [dy, inside], {}), undefined, undefined];
  },
};
