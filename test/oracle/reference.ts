/**
 * An independent, slow interpreter of ONNX graphs in float64: straight loops from the operators' definitions, sharing
 * no code with the gradients it checks.
 */
import type { Graph, GraphNode } from '#core/onnx/graph.ts';
import type { AttributesOf, OperatorName, RuntimeOperatorName } from '#core/onnx/operators/attributes.ts';
import { elementCount, type Tensor } from '#core/onnx/tensor.ts';

export interface Array64 {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export function array64(dims: readonly number[], data: ArrayLike<number>): Array64 {
  return { dims, data: Float64Array.from(data) };
}

export function fromTensor(tensor: Tensor): Array64 {
  return { dims: tensor.dims, data: Float64Array.from(tensor.data as ArrayLike<number | bigint>, Number) };
}

function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * dims[i + 1]!;
  return strides;
}

/** Every index of a tensor of these dimensions. */
function* indices(dims: readonly number[]): Generator<number[]> {
  const count = elementCount(dims);
  const at = dims.map(() => 0);
  for (let i = 0; i < count; i++) {
    yield at;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      at[axis]!++;
      if (at[axis]! < dims[axis]!) break;
      at[axis] = 0;
    }
  }
}

function build(dims: readonly number[], value: (index: readonly number[]) => number): Array64 {
  const data = new Float64Array(elementCount(dims));
  let i = 0;
  for (const index of indices(dims)) data[i++] = value(index);
  return { dims, data };
}

function read({ dims, data }: Array64, index: readonly number[]): number {
  let at = 0;
  for (let axis = 0; axis < dims.length; axis++) at = at * dims[axis]! + index[axis]!;
  return data[at]!;
}

/** Reads with numpy's broadcasting: an axis of length 1 answers its one value. */
function readBroadcast({ dims, data }: Array64, index: readonly number[]): number {
  const shift = index.length - dims.length;
  let at = 0;
  for (let axis = 0; axis < dims.length; axis++) at = at * dims[axis]! + (dims[axis] === 1 ? 0 : index[axis + shift]!);
  return data[at]!;
}

function broadcastDims(...arrays: readonly Array64[]): number[] {
  const rank = Math.max(...arrays.map((a) => a.dims.length));
  return Array.from({ length: rank }, (_, i) => Math.max(...arrays.map((a) => a.dims[a.dims.length - rank + i] ?? 1)));
}

const unary =
  (f: (x: number) => number) =>
  ([x]: readonly Array64[]): Array64[] => [{ dims: x!.dims, data: x!.data.map(f) }];

const binary =
  (f: (a: number, b: number) => number) =>
  ([a, b]: readonly Array64[]): Array64[] => [
    build(broadcastDims(a!, b!), (index) => f(readBroadcast(a!, index), readBroadcast(b!, index))),
  ];

/** Visits every (output index, window tap) whose pixel lies inside the picture. */
function eachTap(
  input: readonly number[],
  output: readonly number[],
  window: {
    kernel_shape: readonly number[];
    strides: readonly number[];
    pads: readonly number[];
    dilations?: readonly number[];
  },
  visit: (n: number, c: number, oh: number, ow: number, fh: number, fw: number, h: number, w: number) => void,
): void {
  const [fh, fw] = window.kernel_shape as [number, number];
  const d = window.dilations ?? [1, 1];
  for (const [n, c, oh, ow] of indices(output) as Generator<[number, number, number, number]>) {
    for (let i = 0; i < fh; i++) {
      for (let j = 0; j < fw; j++) {
        const h = oh * window.strides[0]! - window.pads[0]! + i * d[0]!;
        const w = ow * window.strides[1]! - window.pads[1]! + j * d[1]!;
        if (h >= 0 && w >= 0 && h < input[2]! && w < input[3]!) visit(n, c, oh, ow, i, j, h, w);
      }
    }
  }
}

function outputDims(
  x: Array64,
  channels: number,
  window: {
    kernel_shape: readonly number[];
    strides: readonly number[];
    pads: readonly number[];
    dilations?: readonly number[];
  },
): number[] {
  const size = [0, 1].map((a) => {
    const reach = (window.dilations?.[a] ?? 1) * (window.kernel_shape[a]! - 1) + 1;
    return Math.floor((x.dims[2 + a]! + window.pads[a]! + window.pads[a + 2]! - reach) / window.strides[a]!) + 1;
  });
  return [x.dims[0]!, channels, size[0]!, size[1]!];
}

function pool(
  x: Array64,
  attributes: AttributesOf<'MaxPool'> | AttributesOf<'AveragePool'>,
  reduce: (values: readonly { value: number; at: number }[]) => number,
): Array64 {
  const dims = outputDims(x, x.dims[1]!, attributes);
  const taps: { value: number; at: number }[][] = Array.from({ length: elementCount(dims) }, () => []);
  const out = stridesOf(dims);
  const into = stridesOf(x.dims);
  eachTap(x.dims, dims, attributes, (n, c, oh, ow, _i, _j, h, w) => {
    const at = n * into[0]! + c * into[1]! + h * into[2]! + w;
    taps[n * out[0]! + c * out[1]! + oh * out[2]! + ow]!.push({ value: x.data[at]!, at });
  });
  return { dims, data: Float64Array.from(taps, reduce) };
}

function reduceAxes(
  x: Array64,
  axes: readonly number[],
  keepdims: number,
  finish: (sum: number, count: number) => number,
): Array64 {
  const at = new Set(axes.map((axis) => (axis < 0 ? axis + x.dims.length : axis)));
  const kept = x.dims.map((dim, i) => (at.has(i) ? 1 : dim));
  const sums = new Float64Array(elementCount(kept));
  const strides = stridesOf(kept);
  let i = 0;
  for (const index of indices(x.dims)) {
    const to = index.reduce((sum, where, axis) => sum + (at.has(axis) ? 0 : where * strides[axis]!), 0);
    sums[to]! += x.data[i++]!;
  }
  const count = x.data.length / sums.length;
  const dims = keepdims === 1 ? kept : x.dims.filter((_, axis) => !at.has(axis));
  return { dims, data: sums.map((sum) => finish(sum, count)) };
}

function softmaxRows(x: Array64, axis: number, log: boolean): Array64 {
  const at = axis < 0 ? axis + x.dims.length : axis;
  return build(x.dims, (index) => {
    const row = Array.from({ length: x.dims[at]! }, (_, k) =>
      read(
        x,
        index.map((v, a) => (a === at ? k : v)),
      ),
    );
    const most = Math.max(...row);
    const total = row.reduce((sum, value) => sum + Math.exp(value - most), 0);
    const own = read(x, index) - most;
    return log ? own - Math.log(total) : Math.exp(own) / total;
  });
}

type StandardOperator = Exclude<OperatorName, RuntimeOperatorName>;

type Kernel<O extends OperatorName> = (
  inputs: readonly Array64[],
  attributes: AttributesOf<O>,
  outputs: number,
) => readonly Array64[];

const KERNELS: { readonly [O in StandardOperator]: Kernel<O> } = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Pow: binary((a, b) => a ** b),
  Equal: binary((a, b) => (a === b ? 1 : 0)),
  Greater: binary((a, b) => (a > b ? 1 : 0)),
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Floor: unary(Math.floor),
  Gather: ([x, indices], { axis }) => {
    const at = axis < 0 ? axis + x!.dims.length : axis;
    const rank = indices!.dims.length;
    return [
      build([...x!.dims.slice(0, at), ...indices!.dims, ...x!.dims.slice(at + 1)], (index) => {
        const chosen = read(indices!, index.slice(at, at + rank));
        return read(x!, [...index.slice(0, at), chosen, ...index.slice(at + rank)]);
      }),
    ];
  },
  Sqrt: unary(Math.sqrt),
  Identity: unary((x) => x),
  Cast: unary((x) => x),
  Relu: unary((x) => Math.max(x, 0)),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Tanh: unary(Math.tanh),
  LeakyRelu: ([x], { alpha }) => unary((v) => (v > 0 ? v : alpha * v))([x!]),
  PRelu: ([x, slope]) => [
    build(x!.dims, (at) => Math.max(0, read(x!, at)) + Math.min(0, read(x!, at)) * readBroadcast(slope!, at)),
  ],
  HardSigmoid: ([x], { alpha, beta }) => unary((v) => Math.max(0, Math.min(1, alpha * v + beta)))([x!]),
  Resize: ([x, , scales]) => [
    build(
      x!.dims.map((dim, i) => dim * scales!.data[i]!),
      (at) =>
        read(
          x!,
          at.map((place, i) => Math.floor(place / scales!.data[i]!)),
        ),
    ),
  ],
  Selu: ([x], { alpha, gamma }) => unary((v) => gamma * (v > 0 ? v : alpha * (Math.exp(v) - 1)))([x!]),
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Softsign: unary((x) => x / (1 + Math.abs(x))),
  Erf: unary(errorFunction),
  Elu: ([x], { alpha }) => unary((v) => (v > 0 ? v : alpha * (Math.exp(v) - 1)))([x!]),
  Dropout: ([x]) => [x!],
  Clip: ([x, min, max]) =>
    unary((v) => Math.min(Math.max(v, min?.data[0] ?? -Infinity), max?.data[0] ?? Infinity))([x!]),
  Where: ([c, a, b]) => [
    build(broadcastDims(c!, a!, b!), (index) =>
      readBroadcast(c!, index) !== 0 ? readBroadcast(a!, index) : readBroadcast(b!, index),
    ),
  ],
  Softmax: ([x], { axis }) => [softmaxRows(x!, axis, false)],
  LogSoftmax: ([x], { axis }) => [softmaxRows(x!, axis, true)],
  ArgMax: ([x], { axis, keepdims }) => {
    const at = axis < 0 ? axis + x!.dims.length : axis;
    const dims = x!.dims.map((dim, a) => (a === at ? 1 : dim));
    const best = build(dims, (index) => {
      const row = Array.from({ length: x!.dims[at]! }, (_, k) =>
        read(
          x!,
          index.map((v, a) => (a === at ? k : v)),
        ),
      );
      return row.indexOf(Math.max(...row));
    });
    return [{ ...best, dims: keepdims === 1 ? dims : dims.filter((_, a) => a !== at) }];
  },
  Conv: ([x, w, b], attributes) => {
    const [filters, depth] = w!.dims as [number, number];
    const dims = outputDims(x!, filters, attributes);
    const perGroup = filters / attributes.group;
    const y = build(dims, ([, k]) => b?.data[k!] ?? 0);
    const out = stridesOf(dims);
    const [from, tap] = [stridesOf(x!.dims), stridesOf(w!.dims)];
    eachTap(x!.dims, dims, attributes, (n, k, oh, ow, i, j, h, wd) => {
      const first = Math.floor(k / perGroup) * depth;
      let sum = 0;
      for (let c = 0; c < depth; c++) {
        const pixel = x!.data[n * from[0]! + (first + c) * from[1]! + h * from[2]! + wd]!;
        sum += pixel * w!.data[k * tap[0]! + c * tap[1]! + i * tap[2]! + j]!;
      }
      y.data[n * out[0]! + k * out[1]! + oh * out[2]! + ow]! += sum;
    });
    return [y];
  },
  ConvTranspose: ([x, w], attributes) => {
    const { group, kernel_shape, strides, pads, dilations, output_padding } = attributes;
    const [n, channels, ...size] = x!.dims as [number, number, number, number];
    const depth = w!.dims[1]!;
    const length = (a: 0 | 1) =>
      (size[a] - 1) * strides[a]! +
      dilations[a]! * (kernel_shape[a]! - 1) +
      1 +
      output_padding[a]! -
      pads[a]! -
      pads[a + 2]!;
    const dims = [n, depth * group, length(0), length(1)];
    const y = build(dims, () => 0);
    const out = stridesOf(dims);
    eachTap(dims, x!.dims, { kernel_shape, strides, pads, dilations }, (im, c, oh, ow, i, j, h, wd) => {
      const first = Math.floor(c / (channels / group)) * depth;
      for (let k = 0; k < depth; k++) {
        y.data[im * out[0]! + (first + k) * out[1]! + h * out[2]! + wd]! +=
          read(x!, [im, c, oh, ow]) * read(w!, [c, k, i, j]);
      }
    });
    return [y];
  },
  MaxPool: ([x], attributes, outputs) => {
    const most = (values: readonly { value: number }[]) => Math.max(...values.map(({ value }) => value));
    const y = pool(x!, attributes, most);
    if (outputs === 1) return [y];
    // Ties: the first position of the window.
    return [y, pool(x!, attributes, (values) => values.find(({ value }) => value === most(values))!.at)];
  },
  MaxUnpool: ([x, at, shape]) => {
    const y = build([...shape!.data], () => 0);
    at!.data.forEach((place, i) => {
      y.data[place] = x!.data[i]!;
    });
    return [y];
  },
  AveragePool: ([x], attributes) => {
    const whole = attributes.kernel_shape[0]! * attributes.kernel_shape[1]!;
    const count = (inside: number) => (attributes.count_include_pad === 1 ? whole : inside);
    return [pool(x!, attributes, (values) => values.reduce((sum, { value }) => sum + value, 0) / count(values.length))];
  },
  GlobalAveragePool: ([x]) => [reduceAxes(x!, [2, 3], 1, (sum, count) => sum / count)],
  BatchNormalization: ([x, scale, shift, mean, variance], { epsilon }) => [
    build(x!.dims, (index) => {
      const c = index[1]!;
      return (
        ((read(x!, index) - mean!.data[c]!) / Math.sqrt(variance!.data[c]! + epsilon)) * scale!.data[c]! +
        shift!.data[c]!
      );
    }),
  ],
  LRN: ([x], { alpha, beta, bias, size }) => [
    build(x!.dims, ([n, c, h, w]) => {
      let squares = 0;
      const first = Math.max(0, c! - Math.floor((size - 1) / 2));
      const last = Math.min(x!.dims[1]! - 1, c! + Math.ceil((size - 1) / 2));
      for (let k = first; k <= last; k++) squares += read(x!, [n!, k, h!, w!]) ** 2;
      return read(x!, [n!, c!, h!, w!]) / (bias + (alpha / size) * squares) ** beta;
    }),
  ],
  Gemm: ([a, b, c], { alpha, beta, transA, transB }) => {
    const [m, k] = transA === 1 ? [a!.dims[1]!, a!.dims[0]!] : [a!.dims[0]!, a!.dims[1]!];
    const n = transB === 1 ? b!.dims[0]! : b!.dims[1]!;
    return [
      build([m, n], ([i, j]) => {
        let sum = 0;
        for (let l = 0; l < k; l++) {
          sum += read(a!, transA === 1 ? [l, i!] : [i!, l]) * read(b!, transB === 1 ? [j!, l] : [l, j!]);
        }
        return alpha * sum + (c === undefined ? 0 : beta * readBroadcast(c, [i!, j!]));
      }),
    ];
  },
  MatMul: ([a, b]) => {
    const lead = broadcastDims(
      { dims: a!.dims.slice(0, -2), data: a!.data },
      { dims: b!.dims.slice(0, -2), data: b!.data },
    );
    const k = a!.dims.at(-1)!;
    return [
      build([...lead, a!.dims.at(-2)!, b!.dims.at(-1)!], (index) => {
        const [i, j] = [index.at(-2)!, index.at(-1)!];
        let sum = 0;
        for (let l = 0; l < k; l++) {
          sum +=
            readBroadcastMatrix(a!, [...index.slice(0, -2), i, l]) *
            readBroadcastMatrix(b!, [...index.slice(0, -2), l, j]);
        }
        return sum;
      }),
    ];
  },
  Concat: (inputs, { axis }) => {
    const at = axis < 0 ? axis + inputs[0]!.dims.length : axis;
    const dims = inputs[0]!.dims.map((dim, a) => (a === at ? inputs.reduce((sum, x) => sum + x.dims[at]!, 0) : dim));
    return [
      build(dims, (index) => {
        let [which, inside] = [0, index[at]!];
        while (inside >= inputs[which]!.dims[at]!) inside -= inputs[which++]!.dims[at]!;
        return read(
          inputs[which]!,
          index.map((v, a) => (a === at ? inside : v)),
        );
      }),
    ];
  },
  Slice: ([x, starts, ends, axes, steps]) => {
    const begin = x!.dims.map(() => 0);
    const step = x!.dims.map(() => 1);
    const dims = [...x!.dims];
    starts!.data.forEach((start, i) => {
      const axis = axes?.data[i] ?? i;
      const dim = x!.dims[axis]!;
      const by = steps?.data[i] ?? 1;
      const positions: number[] = [];
      const wrap = (v: number) => (v < 0 ? v + dim : v);
      const end = by < 0 && ends!.data[i]! < -dim ? -1 : wrap(ends!.data[i]!);
      for (let v = wrap(start); by > 0 ? v < Math.min(end, dim) : v > end; v += by) positions.push(v);
      begin[axis] = positions[0] ?? 0;
      step[axis] = by;
      dims[axis] = positions.length;
    });
    return [
      build(dims, (index) =>
        read(
          x!,
          index.map((v, a) => begin[a]! + v * step[a]!),
        ),
      ),
    ];
  },
  Pad: ([x, pads, value]) => {
    const rank = x!.dims.length;
    const dims = x!.dims.map((dim, a) => dim + pads!.data[a]! + pads!.data[a + rank]!);
    return [
      build(dims, (index) => {
        const from = index.map((v, a) => v - pads!.data[a]!);
        return from.every((v, a) => v >= 0 && v < x!.dims[a]!) ? read(x!, from) : (value?.data[0] ?? 0);
      }),
    ];
  },
  Reshape: ([x, shape]) => {
    const asked = Array.from(shape!.data, (dim, i) => (dim === 0 ? x!.dims[i]! : dim));
    const rest = x!.data.length / elementCount(asked.filter((dim) => dim !== -1));
    return [{ dims: asked.map((dim) => (dim === -1 ? rest : dim)), data: x!.data }];
  },
  Flatten: ([x], { axis }) => [
    { dims: [elementCount(x!.dims.slice(0, axis)), elementCount(x!.dims.slice(axis))], data: x!.data },
  ],
  Transpose: ([x], { perm }) => [
    build(
      perm.map((axis) => x!.dims[axis]!),
      (index) =>
        read(
          x!,
          perm.map((_, axis) => index[perm.indexOf(axis)]!),
        ),
    ),
  ],
  Expand: ([x, shape]) => [
    build(broadcastDims(x!, { dims: Array.from(shape!.data), data: x!.data }), (index) => readBroadcast(x!, index)),
  ],
  ChannelSum: ([x, y]) => {
    const [n, channels, ...size] = x!.dims as [number, number, ...number[]];
    const sums = new Float64Array(channels);
    for (const [i, c, ...at] of indices([n, channels, ...size]) as Generator<[number, number, ...number[]]>) {
      sums[c]! += read(x!, [i, c, ...at]) * (y === undefined ? 1 : read(y, [i, c, ...at]));
    }
    return [{ dims: [channels], data: sums }];
  },
  ReduceSum: ([x, axes], { keepdims }) => [reduceAxes(x!, Array.from(axes!.data), keepdims, (sum) => sum)],
  ReduceMean: ([x], { axes, keepdims }) => [reduceAxes(x!, axes, keepdims, (sum, count) => sum / count)],
  ScatterElements: ([x, at, updates]) => {
    const data = Float64Array.from(x!.data);
    at!.data.forEach((where, i) => {
      data[where]! += updates!.data[i]!;
    });
    return [{ dims: x!.dims, data }];
  },
};

function readBroadcastMatrix(array: Array64, index: readonly number[]): number {
  const shift = index.length - array.dims.length;
  return read(
    array,
    array.dims.map((dim, axis) => (axis < array.dims.length - 2 && dim === 1 ? 0 : index[axis + shift]!)),
  );
}

function runNode<O extends StandardOperator>(node: GraphNode<O>, inputs: readonly Array64[]): readonly Array64[] {
  const kernel: Kernel<O> = KERNELS[node.op];
  return kernel(inputs, node.attributes, node.outputs.length);
}

/** Computes every value of a graph in float64. */
export function evaluate(graph: Graph, feeds: Readonly<Record<string, Array64>>): ReadonlyMap<string, Array64> {
  const values = new Map<string, Array64>(Object.entries(feeds));
  for (const [name, tensor] of graph.initializers) values.set(name, fromTensor(tensor));
  for (const node of graph.nodes) {
    const results = runNode(
      node as GraphNode<StandardOperator>,
      node.inputs.map((name) => values.get(name)!),
    );
    for (const [i, name] of node.outputs.entries()) values.set(name, results[i]!);
  }
  return values;
}

/** erf to nine digits: by its Taylor series up to 4, where rounding still leaves them, by its asymptotic one beyond. */
function errorFunction(x: number): number {
  if (Math.abs(x) > 4) {
    const tail = (Math.exp(-x * x) / (Math.abs(x) * Math.sqrt(Math.PI))) * (1 - 1 / (2 * x * x));
    return Math.sign(x) * (1 - tail);
  }
  let [term, sum] = [x, x];
  for (let n = 1; n < 120; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
