import { GraphBuilder } from '../builder.ts';
import type { Graph, GraphNode, Value } from '../graph.ts';
import type { AttributesOf, OperatorName } from '../operators/attributes.ts';
import { intoBlocks, wholeBlocks } from '../operators/blocked.ts';
import { deviationOf } from '../operators/normalization.ts';
import type { Target } from '../operators/operator.ts';
import { pruned } from '../prune.ts';
import { Readers } from '../readers.ts';
import { replay } from '../replay.ts';
import { float32 } from '../tensor.ts';
import { blockedFilters, turnedFilters } from './filters.ts';
import { byPhases, type Phases, sumOfPhases, woven } from './phases.ts';

/** Filling channels up to whole blocks may cost this many times the multiplications, no more. */
const MOST_WASTE = 3;

/** Products that `addDot` adds up one after the other, at least. */
const IN_A_ROW = 64;

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
  /** Values in blocks whose pixels are not yet side by side: they may be added up before. */
  readonly #phased = new Map<Value, Phases>();
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
    return pruned(this.#to.build());
  }

  #add(node: GraphNode): void {
    if (this.#addConv(node) || this.#addConvTranspose(node) || this.#addScaled(node)) return;
    if (this.#addDot(node) || this.#addPhases(node) || this.#addElementwise(node) || this.#addReduction(node)) return;
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
    const parted = !depthwise && channels > b && channels % b > 0 && channels % b <= b / 2 && this.#ordered.has(x);
    const whole = wholeBlocks(filters, b) * (channels < b || parted ? channels : wholeBlocks(channels, b));
    if (whole > this.#mostWaste * filters * channels) return false;
    const shift = (bias ?? '') === '' ? undefined : this.#filledUp(this.#inOrder(bias as Value), filters);
    if (parted) this.#addParted(node, x, w, shift, attributes);
    else {
      const input = channels < b && !depthwise ? this.#inOrder(x) : this.#inBlocks(x);
      this.#addFused(node, input, this.#filters(w), shift, attributes);
    }
    return true;
  }

  /** Channels that are some blocks and a bit: the bit by itself, in order, so that no block is mostly zeros. */
  #addParted(node: GraphNode, x: Value, w: Value, bias: Value | undefined, attributes: AttributesOf<'Conv'>): void {
    const channels = this.#channels(x);
    const whole = channels - (channels % this.#block);
    const part = (value: Value, from: number, to: number) =>
      this.#to.add('Slice', [this.#inOrder(value), ...[from, to, 1].map((number) => this.#to.ints([number]))], {});
    const filters = (from: number, to: number) => blockedFilters(this.#to, part(w, from, to));
    const rest = this.#to.add('NchwcConv', [part(x, whole, channels), filters(whole, channels)], {
      ...attributes,
      activation: '',
    });
    const front = intoBlocks(this.#to, part(x, 0, whole));
    this.#addFused(node, front, filters(0, whole), bias, attributes, rest);
  }

  #filters(w: Value): Value {
    const source = this.#beforeTurning(w);
    return source === undefined
      ? blockedFilters(this.#to, this.#inOrder(w))
      : turnedFilters(this.#to, this.#inOrder(source));
  }

  /** What was turned by 180°, its filters and channels exchanged, to give these filters, as operators/conv.ts does it. */
  #beforeTurning(w: Value): Value | undefined {
    const reversed = this.#types.producer(w);
    const [exchanged, ...bounds] = reversed?.op === 'Slice' ? reversed.inputs : [w];
    const transpose = this.#types.producer(exchanged as Value);
    if (transpose?.op !== 'Transpose') return undefined;
    if ((transpose.attributes as AttributesOf<'Transpose'>).perm.join() !== '1,0,2,3') return undefined;
    const [channels, filters, fh, fw] = this.#dims(w) as readonly [number, number, number, number];
    const turning = [
      [-1, -1],
      [-fh - 1, -fw - 1],
      [2, 3],
      [-1, -1],
    ].join(';');
    const steps = bounds.map((value) => this.#types.constantNumbers(value));
    if (fh * fw > 1 ? steps.join(';') !== turning : reversed?.op === 'Slice') return undefined;
    return channels % this.#block === 0 && filters % this.#block === 0 ? transpose.inputs[0] : undefined;
  }

  #addConvTranspose(node: GraphNode): boolean {
    if (node.op !== 'ConvTranspose') return false;
    const [dy, w, bias] = node.inputs as readonly [Value, Value, Value | undefined];
    const [output] = node.outputs as readonly [Value];
    const [, channels, ...size] = this.#dims(output) as readonly [number, number, ...number[]];
    if ((bias ?? '') !== '' || channels % this.#block !== 0) return false;
    const attributes = node.attributes as AttributesOf<'ConvTranspose'>;
    const made = byPhases(this.#to, this.#inBlocks(dy), this.#inOrder(w), attributes, size);
    if (made !== undefined) this.#phased.set(output, made);
    return made !== undefined;
  }

  /** A sum of input gradients of CONVs with a stride: their pixels are put side by side once, behind it. */
  #addPhases(node: GraphNode): boolean {
    if (node.op !== 'Add') return false;
    const [a, b] = node.inputs.map((value) => this.#phased.get(value));
    if (a === undefined || b === undefined) return false;
    if (node.inputs.some((value) => this.#readers.only(value) === undefined)) return false;
    const sum = sumOfPhases(this.#to, a, b);
    if (sum !== undefined) this.#phased.set(node.outputs[0] as Value, sum);
    return sum !== undefined;
  }

  /** A factor or a shift for each channel, or both as BATCH NORM has: a CONV with one 1×1 filter for each channel. */
  #addScaled(node: GraphNode): boolean {
    const [x, other] = node.inputs as readonly [Value, Value];
    if (!this.#onlyInBlocks(x)) return false;
    const group = this.#channels(x);
    if (group % this.#block !== 0) return false;
    const scaled = this.#scaled(node, () => this.#isPerChannel(other, x), group);
    if (scaled === undefined) return false;
    const filters = this.#to.add('Reshape', [scaled.slope, this.#to.ints([group, 1, 1, 1])], {});
    this.#addFused(node, this.#inBlocks(x), filters, scaled.shift, { ...ONE_BY_ONE, group });
    return true;
  }

  /** A node as slope · x + shift with [C] each, where it is that. */
  #scaled(node: GraphNode, perChannel: () => boolean, channels: number) {
    const flat = (value: Value) => this.#to.add('Reshape', [this.#inOrder(value), this.#to.ints([channels])], {});
    const [, other] = node.inputs as readonly [Value, Value];
    if (node.op === 'BatchNormalization') return this.#normalization(node as GraphNode<'BatchNormalization'>);
    if (node.op === 'Mul' && perChannel()) return { slope: flat(other), shift: undefined };
    if (node.op !== 'Sub' || !perChannel()) return undefined;
    const slope = this.#to.constant(float32([channels], new Float32Array(channels).fill(1)));
    return { slope, shift: this.#to.add('Neg', [flat(other)], {}) };
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
    base?: Value,
  ): void {
    let output = node.outputs[0] as Value;
    let shift = bias;
    let sum = base;
    let activation = '';
    for (let next = this.#readers.only(output); next !== undefined; next = this.#readers.only(output)) {
      const moved = sum === undefined ? this.#shiftBy(next, output) : undefined;
      if (next.op === 'Relu') activation = 'Relu';
      else if (moved !== undefined) shift = shift === undefined ? moved : this.#to.add('Add', [shift, moved], {});
      else {
        const other = next.inputs.find((value) => value !== output);
        if (next.op !== 'Add' || sum !== undefined || other === undefined || !this.#isThere(other)) break;
        if (this.#dims(other).join() !== this.#dims(output).join()) break;
        sum = this.#inBlocks(other);
      }
      this.#done.add(next);
      output = next.outputs[0] as Value;
      if (activation !== '') break;
    }
    const inputs = sum === undefined ? [input, filters, shift] : [input, filters, shift, sum];
    this.#blocked.set(output, this.#to.add('NchwcConv', inputs, { ...attributes, activation }));
  }

  /** What a node adds to each channel of a value, for whole blocks, where that is all it does. */
  #shiftBy({ op, inputs }: GraphNode, value: Value): Value | undefined {
    const other = inputs[inputs[0] === value ? 1 : 0];
    if (other === undefined || !(op === 'Add' || (op === 'Sub' && inputs[0] === value))) return undefined;
    if (!this.#isPerChannel(other, value) || !this.#isThere(other)) return undefined;
    const channels = this.#channels(value);
    const flat = this.#to.add('Reshape', [this.#inOrder(other), this.#to.ints([channels])], {});
    const whole = this.#filledUp(flat, channels);
    return op === 'Sub' ? this.#to.add('Neg', [whole], {}) : whole;
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

  /**
   * Σ or mean of a product over pictures and positions, one number for each channel: a CONV whose input is the one volume
   * and whose filters are the other, each as large as a picture, one for each picture and channel. The product itself is
   * never written.
   */
  #addDot(node: GraphNode): boolean {
    const [a, b] = node.inputs as readonly [Value, Value];
    const sum = this.#readers.only(node.outputs[0] as Value);
    if (node.op !== 'Mul' || sum === undefined || !this.#isPerChannelSum(sum)) return false;
    if (this.#dims(a).join() !== this.#dims(b).join() || !this.#onlyInBlocks(a) || !this.#onlyInBlocks(b)) return false;
    const [n, c, h, w] = this.#to.dims(this.#inBlocks(a)) as readonly [number, number, number, number];
    // In strips: long sums of one number after the other would lose digits.
    const strips = stripsOf(h, w);
    const groups = n * c * strips;
    const input = this.#to.add('Reshape', [this.#inBlocks(a), this.#to.ints([1, groups, h / strips, w])], {});
    const filters = this.#to.add('Reshape', [this.#inBlocks(b), this.#to.ints([groups, 1, h / strips, w])], {});
    const sums = this.#to.add('NchwcConv', [input, filters], {
      ...ONE_BY_ONE,
      kernel_shape: [h / strips, w],
      group: groups,
      activation: '',
    });
    const split = [n, c / this.#block, strips, this.#block];
    const perPicture = this.#reduced(sum, this.#to.add('Reshape', [sums, this.#to.ints(split)], {}), [2]);
    const all = this.#to.add('Reshape', [this.#reduced(sum, perPicture, [0]), this.#to.ints([c])], {});
    const over = (h * w) / strips;
    const whole = sum.op === 'ReduceMean' ? this.#to.add('Mul', [all, this.#to.scalar(1 / over)], {}) : all;
    this.#takePerChannel(sum, this.#channels(a), whole);
    this.#done.add(sum);
    return true;
  }

  /** Σ or mean over pictures and positions, one number for each channel. */
  #addReduction(node: GraphNode): boolean {
    if (!this.#isPerChannelSum(node) || !this.#onlyInBlocks(node.inputs[0] as Value)) return false;
    // In two passes: each is one for which ONNX Runtime has a fast, parallel way.
    const x = node.inputs[0] as Value;
    const perPicture = this.#reduced(node, this.#apart(x), [2, 3]);
    const all = this.#to.add('Reshape', [this.#reduced(node, perPicture, [0]), this.#to.ints([-1])], {});
    this.#takePerChannel(node, this.#channels(x), all);
    return true;
  }

  #isPerChannelSum(node: GraphNode): boolean {
    if (node.op === 'ReduceMean') return (node.attributes as AttributesOf<'ReduceMean'>).axes.join() === '0,2,3';
    return node.op === 'ReduceSum' && this.#types.constantNumbers(node.inputs[1] as Value)?.join() === '0,2,3';
  }

  /** The sum or mean that a node computes, along these axes. */
  #reduced(node: GraphNode, value: Value, axes: readonly number[]): Value {
    return node.op === 'ReduceMean'
      ? this.#to.add('ReduceMean', [value], { axes, keepdims: 0 })
      : this.#to.add('ReduceSum', [value, this.#to.ints(axes)], { keepdims: 0 });
  }

  /** Takes one number for each channel, those that fill up a block too, for what a node answers. */
  #takePerChannel(node: GraphNode, channels: number, all: Value): void {
    const own =
      channels % this.#block === 0
        ? all
        : this.#to.add('Slice', [all, this.#to.ints([0]), this.#to.ints([channels])], {});
    const output = node.outputs[0] as Value;
    this.#ordered.set(output, this.#to.add('Reshape', [own, this.#to.ints(this.#dims(output))], {}));
  }

  #dims(value: Value): readonly number[] {
    return this.#types.dims(value);
  }

  #channels(value: Value): number {
    return this.#dims(value)[1] as number;
  }

  /** Whether a value has been computed, or is another view of one that has, which is then written. */
  #isThere(value: Value): boolean {
    if (this.#ordered.has(value) || this.#blocked.has(value) || this.#phased.has(value)) return true;
    const node = this.#types.producer(value);
    if (node?.op !== 'Reshape' || !this.#isThere(node.inputs[0] as Value)) return false;
    this.#add(node);
    this.#done.add(node);
    return true;
  }

  #onlyInBlocks(value: Value): boolean {
    return (this.#blocked.has(value) || this.#phased.has(value)) && !this.#ordered.has(value);
  }

  /** Whether a value is one number for each channel of a volume: [C, 1, 1] or [1, C, 1, 1]. */
  #isPerChannel(value: Value, volume: Value): boolean {
    const shape = [this.#channels(volume), 1, 1].join();
    const dims = this.#dims(value).join();
    return dims === shape || dims === `1,${shape}`;
  }

  /** [K] in the new graph, with zeros for the filters that fill up a block. */
  #filledUp(bias: Value, filters: number): Value {
    const missing = wholeBlocks(filters, this.#block) - filters;
    return missing === 0 ? bias : this.#to.add('Pad', [bias, this.#to.ints([0, missing])], {});
  }

  #inOrder(value: Value): Value {
    const known = this.#ordered.get(value);
    if (known !== undefined) return known;
    const made = this.#to.add('ReorderOutput', [this.#inBlocks(value)], { channels: this.#channels(value) });
    this.#ordered.set(value, made);
    return made;
  }

  #inBlocks(value: Value): Value {
    const known = this.#blocked.get(value);
    if (known !== undefined) return known;
    const phases = this.#phased.get(value);
    const made = phases === undefined ? intoBlocks(this.#to, this.#inOrder(value)) : woven(this.#to, phases);
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

/** The most strips of whole rows into which a picture comes apart that have enough pixels each. */
function stripsOf(height: number, width: number): number {
  for (let strips = height; strips > 1; strips--) {
    if (height % strips === 0 && (height / strips) * width >= IN_A_ROW) return strips;
  }
  return 1;
}
