import type { Value } from '../graph.ts';
import { elementCount } from '../tensor.ts';
import { broadcast, unbroadcast } from './elementwise.ts';
import type { GraphWriter, Operator } from './operator.ts';

const GEMM = { alpha: 1, beta: 1, transA: 0, transB: 0 } as const;

function swapLastTwo(graph: GraphWriter, value: Value): Value {
  const rank = graph.dims(value).length;
  const perm = Array.from({ length: rank }, (_, i) => i);
  [perm[rank - 2], perm[rank - 1]] = [rank - 1, rank - 2];
  return graph.add('Transpose', [value], { perm });
}

/** y = α·A'B' + β·C with A' [M, K], B' [K, N]; ' is a transposition where asked for. */
export const gemm: Operator<'Gemm'> = {
  attributes: { alpha: 'float', beta: 'float', transA: 'int', transB: 'int' },
  defaults: () => GEMM,
  types: (context) => {
    const { transA, transB } = context.attributes;
    const [a, b] = [context.input(0), context.input(1)];
    const [m, k] = transA === 1 ? [a.dims[1], a.dims[0]] : [a.dims[0], a.dims[1]];
    const [k2, n] = transB === 1 ? [b.dims[1], b.dims[0]] : [b.dims[0], b.dims[1]];
    if (a.dims.length !== 2 || b.dims.length !== 2 || k !== k2) context.fail('needs matrices that can be multiplied');
    const dims = [m as number, n as number];
    const c = context.inputs[2];
    if (c !== undefined && broadcast(c.dims, dims)?.join() !== dims.join()) context.fail('cannot add its third input');
    return [{ dtype: a.dtype, dims }];
  },
  gradient: ({ graph, inputs: [a, b, c], dy, attributes: { alpha, beta, transA, transB }, wants }) => {
    const product = (left: Value | undefined, right: Value | undefined, tl: number, tr: number): Value =>
      graph.add('Gemm', [left, right], { ...GEMM, alpha, transA: tl, transB: tr });
    const da = () => (transA === 1 ? product(b, dy, transB, 1) : product(dy, b, 0, 1 - transB));
    const db = () => (transB === 1 ? product(dy, a, 1, transA) : product(a, dy, 1 - transA, 0));
    const dc = () => {
      const sum = unbroadcast(graph, dy, graph.dims(c as Value));
      return beta === 1 ? sum : graph.add('Mul', [sum, graph.scalar(beta)], {});
    };
    return [wants(0) ? da() : undefined, wants(1) ? db() : undefined, wants(2) ? dc() : undefined];
  },
};

/** Matrix product over the last two axes, the others broadcast as numpy does. */
export const matMul: Operator<'MatMul'> = {
  attributes: {},
  types: (context) => {
    const [a, b] = [context.input(0).dims, context.input(1).dims];
    const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
    if (a.length < 2 || b.length < 2 || a.at(-1) !== b.at(-2) || batch === undefined) {
      return context.fail('needs matrices that can be multiplied');
    }
    return [{ dtype: context.input(0).dtype, dims: [...batch, a.at(-2) as number, b.at(-1) as number] }];
  },
  gradient: ({ graph, inputs, dy, wants }) => {
    const [a, b] = inputs as readonly [Value, Value];
    const [aDims, bDims] = [graph.dims(a), graph.dims(b)];
    const da = () => unbroadcast(graph, graph.add('MatMul', [dy, swapLastTwo(graph, b)], {}), aDims);
    const db = () => {
      if (bDims.length === 2 && aDims.length > 2) {
        // One matrix shared by a whole batch: fold the batch into the rows and make one product.
        const rows = elementCount(aDims.slice(0, -1));
        const flat = (v: Value, columns: number) => graph.add('Reshape', [v, graph.ints([rows, columns])], {});
        const [k, n] = bDims as readonly [number, number];
        return graph.add('Gemm', [flat(a, k), flat(dy, n)], { ...GEMM, transA: 1 });
      }
      return unbroadcast(graph, graph.add('MatMul', [swapLastTwo(graph, a), dy], {}), bDims);
    };
    return [wants(0) ? da() : undefined, wants(1) ? db() : undefined];
  },
};
