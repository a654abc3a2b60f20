import { GraphBuilder } from '../builder.ts';
import type { Graph, GraphNode, Value } from '../graph.ts';
import type { AttributesOf, OperatorName } from '../operators/attributes.ts';
import { intoBlocks, wholeBlocks } from '../operators/blocked.ts';
import { deviationOf } from '../operators/normalization.ts';
import type { Target } from '../operators/operator.ts';
import { Readers } from '../readers.ts';
import { replay } from '../replay.ts';
import { blockedFilters } from './filters.ts';

/** Filling channels up to whole blocks may cost this many times the multiplications, no more. */
const MOST_WASTE = 3;

/** Operators that compute each number for itself and stay finite on the zeros that fill up a block. */
const ELEMENTWISE: ReadonlySet<OperatorName> = new Set([
  'Add',
  'Clip',
  'Elu',
  'HardSigmoid',
  'LeakyRelu',
  'Mul',
  'Neg',
  'Relu',
  'Selu',
  'Sigmoid',
  'Softsign',
  'Sub',
  'Tanh',
]);

const ONE_BY_ONE = { kernel_shape: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] } as const;

/**
 * Rewrites a graph for ONNX Runtime's blocked layout (operators/blocked.ts): CONVs use its kernels for it, two to three
 * times as fast as those for weights that change; what lies between them (sums, activations, BATCH NORM) stays in blocks,
 * so that little is reordered, and is done by the CONV before it where that can. Answers the graph itself where the
 * target has no such layout.
 *
 * @param mostWaste how many times the multiplications whole blocks may cost
 */
export function toBlocked(graph: Graph, target: Target, mostWaste = MOST_WASTE): Graph {
  if (target.channelBlock <= 1 || !graph.nodes.some(({ op }) => op === 'Conv')) return graph;
  return new Lowering(graph, target, mostWaste).lower();
}

class Lowering {
  readonly #source: Graph;
  readonly #types: GraphBuilder;
  readonly #to: GraphBuilder;
  readonly #readers: Readers;
  readonly #block: number;
  readonly #mostWaste: number;
  /** Where each value of the source is in the new graph: in the order of its dimensions, in blocks, or both. */
  readonly #ordered = new Map<Value, Value>();
  readonly #blocked = new Map<Value, Value>();
  /** Nodes whose work is done already. */
  readonly #done = new Set<GraphNode>();

  constructor(graph: Graph, target: Target, mostWaste: number) {
    this.#source = graph;
    this.#types = replay(graph, target);
    this.#to = new GraphBuilder(graph.name, target);
    this.#readers = new Readers(graph);
    this.#block = target.channelBlock;
    this.#mostWaste = mostWaste;
  }

  lower(): Graph {
    const { initializers, inputs, nodes, outputs } = this.#source;
    for (const [name, tensor] of initializers) this.#ordered.set(name, this.#to.initializer(name, tensor));
    for (const { name, type } of inputs) this.#ordered.set(name, this.#to.input(name, type));
    for (const node of nodes) {
      if (!this.#done.has(node)) this.#to.within(node.name, () => this.#add(node));
    }
    for (const { name } of outputs) this.#to.output(this.#inOrder(name), name);
    return this.#to.build();
  }

  #add(node: GraphNode): void {
    if (this.#addConv(node) || this.#addScaled(node) || this.#addElementwise(node) || this.#addReduction(node)) return;
    if (node.op === 'ReorderInput') {
      this.#ordered.set(node.outputs[0] as Value, this.#inBlocks(node.inputs[0] as Value));
      return;
    }
    const inputs = node.inputs.map((value) => (value === '' ? '' : this.#inOrder(value)));
    this.#to.addNode({ ...node, inputs });
    for (const output of node.outputs) this.#ordered.set(output, output);
  }

  #addConv(node: GraphNode): boolean {
    if (node.op !== 'Conv') return false;
    const attributes = node.attributes as AttributesOf<'Conv'>;
    const [x, w, bias] = node.inputs as readonly [Value, Value, Value | undefined];
    const [filters, channels] = this.#dims(w) as readonly [number, number];
    const b = this.#block;
    const depthwise = attributes.group > 1 && channels === 1 && filters === attributes.group && filters % b === 0;
    if (attributes.group > 1 && !depthwise) return false;
    const whole = wholeBlocks(filters, b) * (channels < b ? channels : wholeBlocks(channels, b));
    if (whole > this.#mostWaste * filters * channels) return false;
    const input = channels < b && !depthwise ? this.#inOrder(x) : this.#inBlocks(x);
    const shift = bias && this.#filledUp(bias);
    this.#addFused(node, input, blockedFilters(this.#to, this.#inOrder(w)), shift, attributes);
    return true;
  }

  /** A factor (and a shift) for each channel, as BATCH NORM has: a CONV with one 1×1 filter for each channel. */
  #addScaled(node: GraphNode): boolean {
    if (node.op !== 'BatchNormalization' && node.op !== 'Mul') return false;
    const x = node.inputs[0] as Value;
    const group = this.#channels(x);
    if (!this.#onlyInBlocks(x) || group % this.#block !== 0) return false;
    if (node.op === 'Mul' && !this.#isPerChannel(node.inputs[1] as Value, x)) return false;
    const { slope, shift } =
      node.op === 'Mul'
        ? { slope: this.#inOrder(node.inputs[1] as Value), shift: undefined }
        : this.#normalization(node as GraphNode<'BatchNormalization'>);
    const filters = this.#to.add('Reshape', [slope, this.#to.ints([group, 1, 1, 1])], {});
    this.#addFused(node, this.#inBlocks(x), filters, shift, { ...ONE_BY_ONE, group });
    return true;
  }

  /** BATCH NORM as y = slope · x + shift, [C] each. */
  #normalization({ inputs, attributes }: GraphNode<'BatchNormalization'>) {
    const [scale, beta, mean, variance] = inputs.slice(1).map((v) => this.#inOrder(v)) as [Value, Value, Value, Value];
    const slope = this.#to.add('Div', [scale, deviationOf(this.#to, variance, attributes.epsilon)], {});
    const shift = this.#to.add('Sub', [beta, this.#to.add('Mul', [mean, slope], {})], {});
    return { slope, shift };
  }

  /** Writes a NchwcConv that also does what follows: a shift for each channel, a sum, RELU. */
  #addFused(
    node: GraphNode,
    input: Value,
    filters: Value,
    bias: Value | undefined,
    attributes: Omit<AttributesOf<'NchwcConv'>, 'activation'>,
  ): void {
    let output = node.outputs[0] as Value;
    let shift = bias;
    let sum: Value | undefined;
    let activation = '';
    for (let next = this.#readers.only(output); next !== undefined; next = this.#readers.only(output)) {
      const other = next.inputs.find((value) => value !== output);
      if (next.op === 'Relu') activation = 'Relu';
      else if (next.op !== 'Add' || other === undefined || !this.#isThere(other)) break;
      else if (shift === undefined && sum === undefined && this.#isPerChannel(other, output)) {
        if (this.#dims(output)[1] !== this.#to.dims(filters)[0]) break;
        shift = this.#to.add('Reshape', [this.#inOrder(other), this.#to.ints([-1])], {});
      } else if (sum === undefined && this.#dims(other).join() === this.#dims(output).join()) {
        sum = this.#inBlocks(other);
      } else break;
      this.#done.add(next);
      output = next.outputs[0] as Value;
      if (activation !== '') break;
    }
    const inputs = sum === undefined ? [input, filters, shift] : [input, filters, shift, sum];
    this.#blocked.set(output, this.#to.add('NchwcConv', inputs, { ...attributes, activation }));
  }

  #addElementwise(node: GraphNode): boolean {
    const output = node.outputs[0] as Value;
    const dims = this.#dims(output);
    const full = node.inputs.filter((value) => value !== '' && this.#dims(value).join() === dims.join());
    if (!ELEMENTWISE.has(node.op) || !full.some((value) => this.#onlyInBlocks(value))) return false;
    const rest = node.inputs.filter((value) => value !== '' && !full.includes(value));
    const perChannel = rest.filter((value) => this.#isPerChannel(value, output));
    if (rest.some((value) => !perChannel.includes(value) && this.#dims(value).length > 0)) return false;
    if (perChannel.length > 0 && (dims[1] as number) % this.#block !== 0) return false;
    const inputs = node.inputs.map((value) => {
      if (full.includes(value)) return perChannel.length > 0 ? this.#apart(value) : this.#inBlocks(value);
      if (!perChannel.includes(value)) return value === '' ? '' : this.#inOrder(value);
      return this.#to.add('Reshape', [this.#inOrder(value), this.#to.ints([1, -1, 1, 1, this.#block])], {});
    });
    const result = this.#to.add(node.op, inputs, node.attributes);
    this.#blocked.set(output, perChannel.length > 0 ? this.#together(result) : result);
    return true;
  }

  /** Σ or mean over pictures and positions, one number for each channel. */
  #addReduction(node: GraphNode): boolean {
    if (node.op !== 'ReduceSum' && node.op !== 'ReduceMean') return false;
    const x = node.inputs[0] as Value;
    if (!this.#onlyInBlocks(x)) return false;
    const axes =
      node.op === 'ReduceMean'
        ? (node.attributes as AttributesOf<'ReduceMean'>).axes
        : this.#types.constantNumbers(node.inputs[1] as Value);
    if (axes?.join() !== '0,2,3') return false;
    const reduce = (value: Value, along: readonly number[]) =>
      node.op === 'ReduceMean'
        ? this.#to.add('ReduceMean', [value], { axes: along, keepdims: 0 })
        : this.#to.add('ReduceSum', [value, this.#to.ints(along)], { keepdims: 0 });
    // In two passes: each is one for which ONNX Runtime has a fast, parallel way.
    const all = this.#to.add('Reshape', [reduce(reduce(this.#apart(x), [2, 3]), [0]), this.#to.ints([-1])], {});
    const channels = this.#channels(x);
    const own =
      channels % this.#block === 0
        ? all
        : this.#to.add('Slice', [all, this.#to.ints([0]), this.#to.ints([channels])], {});
    const output = node.outputs[0] as Value;
    this.#ordered.set(output, this.#to.add('Reshape', [own, this.#to.ints(this.#dims(output))], {}));
    return true;
  }

  #dims(value: Value): readonly number[] {
    return this.#types.dims(value);
  }

  #channels(value: Value): number {
    return this.#dims(value)[1] as number;
  }

  #isThere(value: Value): boolean {
    return this.#ordered.has(value) || this.#blocked.has(value);
  }

  #onlyInBlocks(value: Value): boolean {
    return this.#blocked.has(value) && !this.#ordered.has(value);
  }

  /** Whether a value is one number for each channel of a volume: [C, 1, 1] or [1, C, 1, 1]. */
  #isPerChannel(value: Value, volume: Value): boolean {
    const shape = [this.#channels(volume), 1, 1].join();
    const dims = this.#dims(value).join();
    return dims === shape || dims === `1,${shape}`;
  }

  /** A bias [K] with zeros for the filters that fill up a block. */
  #filledUp(bias: Value): Value {
    const missing = wholeBlocks(this.#dims(bias)[0] as number, this.#block) - (this.#dims(bias)[0] as number);
    if (missing === 0) return this.#inOrder(bias);
    return this.#to.add('Pad', [this.#inOrder(bias), this.#to.ints([0, missing])], {});
  }

  #inOrder(value: Value): Value {
    const known = this.#ordered.get(value);
    if (known !== undefined) return known;
    const made = this.#to.add('ReorderOutput', [this.#blocked.get(value)], { channels: this.#channels(value) });
    this.#ordered.set(value, made);
    return made;
  }

  #inBlocks(value: Value): Value {
    const known = this.#blocked.get(value);
    if (known !== undefined) return known;
    const made = intoBlocks(this.#to, this.#inOrder(value));
    this.#blocked.set(value, made);
    return made;
  }

  /** A volume in blocks as [N, C/b, H, W, b], so that something of each channel can be broadcast over it. */
  #apart(value: Value): Value {
    const [n, , h, w] = this.#dims(value) as readonly [number, number, number, number];
    return this.#to.add('Reshape', [this.#inBlocks(value), this.#to.ints([n, -1, h, w, this.#block])], {});
  }

  #together(value: Value): Value {
    const [n, blocks, h, w, b] = this.#to.dims(value) as readonly [number, number, number, number, number];
    return this.#to.add('Reshape', [value, this.#to.ints([n, blocks * b, h, w])], {});
  }
}
