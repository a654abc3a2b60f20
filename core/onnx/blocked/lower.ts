import { GraphBuilder } from '../builder.ts';
import { channelSum } from '../channel-sums.ts';
import type { Graph, GraphNode, Value } from '../graph.ts';
import type { AttributesOf, OperatorName } from '../operators/attributes.ts';
import { intoBlocks, wholeBlocks } from '../operators/blocked.ts';
import { deviationOf } from '../operators/normalization.ts';
import type { Target } from '../operators/operator.ts';
import { copyingFilters, EVERYWHERE } from '../operators/window.ts';
import { pruned } from '../prune.ts';
import { Readers } from '../readers.ts';
import { replay } from '../replay.ts';
import { blockedFilters, turnedFilters } from './filters.ts';
import { byPhases, sumOfPhases } from './phases.ts';
import { Places } from './places.ts';
import { sumInBlocks } from './sums.ts';

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
  readonly #places: Places;
  /** Nodes whose work is done already. */
  readonly #done = new Set<GraphNode>();

  constructor(graph: Graph, target: Target, mostWaste: number) {
    this.#source = graph;
    this.#types = replay(graph, target);
    this.#to = new GraphBuilder(graph.name, target);
    this.#places = new Places(this.#types, this.#to);
    this.#readers = new Readers(graph);
    this.#block = target.channelBlock;
    this.#mostWaste = mostWaste;
  }

  lower(): Graph {
    const { initializers, inputs, nodes, outputs } = this.#source;
    for (const [name, tensor] of initializers) this.#places.setOrdered(name, this.#to.initializer(name, tensor));
    for (const { name, type } of inputs) this.#places.setOrdered(name, this.#to.input(name, type));
    for (const node of nodes) {
      if (!this.#done.has(node)) this.#to.within(node.name, () => this.#add(node));
    }
    for (const { name } of outputs) this.#to.output(this.#places.inOrder(name), name);
    return pruned(this.#to.build());
  }

  #add(node: GraphNode): void {
    if (this.#addConv(node) || this.#addConvTranspose(node) || this.#addScaled(node)) return;
    if (this.#addChannelSum(node) || this.#addPhases(node) || this.#addElementwise(node)) return;
    if (node.op === 'ReorderInput') {
      this.#places.setOrdered(node.outputs[0] as Value, this.#places.inBlocks(node.inputs[0] as Value));
      return;
    }
    const inputs = node.inputs.map((value) => (value === '' ? '' : this.#places.inOrder(value)));
    this.#to.addNode({ ...node, inputs });
    for (const output of node.outputs) this.#places.setOrdered(output, output);
  }

  #addConv(node: GraphNode): boolean {
    if (node.op !== 'Conv') return false;
    const attributes = node.attributes as AttributesOf<'Conv'>;
    const [x, w, bias] = node.inputs as readonly [Value, Value, Value | undefined];
    const [filters, channels] = this.#dims(w) as readonly [number, number];
    const b = this.#block;
    const depthwise = attributes.group > 1 && channels === 1 && filters === attributes.group && filters % b === 0;
    if (attributes.group > 1 && !depthwise) return false;
    const parted = !depthwise && channels > b && channels % b > 0 && channels % b <= b / 2 && this.#places.isOrdered(x);
    const whole = wholeBlocks(filters, b) * (channels < b || parted ? channels : wholeBlocks(channels, b));
    if (whole > this.#mostWaste * filters * channels) return false;
    const shift = (bias ?? '') === '' ? undefined : this.#filledUp(this.#places.inOrder(bias as Value), filters);
    if (parted) this.#addParted(node, x, w, shift, attributes);
    else {
      const input = depthwise ? this.#places.inBlocks(x) : this.#places.forConv(x);
      this.#addFused(node, input, this.#filters(w), shift, attributes);
    }
    return true;
  }

  /** Channels that are some blocks and a bit: the bit by itself, in order, so that no block is mostly zeros. */
  #addParted(node: GraphNode, x: Value, w: Value, bias: Value | undefined, attributes: AttributesOf<'Conv'>): void {
    const channels = this.#channels(x);
    const whole = channels - (channels % this.#block);
    const part = (value: Value, from: number, to: number) =>
      this.#to.add(
        'Slice',
        [this.#places.inOrder(value), ...[from, to, 1].map((number) => this.#to.ints([number]))],
        {},
      );
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
      ? blockedFilters(this.#to, this.#places.inOrder(w))
      : turnedFilters(this.#to, this.#places.inOrder(source));
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
    const made = byPhases(this.#to, this.#places.forConv(dy), this.#places.inOrder(w), attributes, size);
    if (made !== undefined) this.#places.setPhased(output, made);
    return made !== undefined;
  }

  /** A sum of input gradients of CONVs with a stride: their pixels are put side by side once, behind it. */
  #addPhases(node: GraphNode): boolean {
    if (node.op !== 'Add') return false;
    const [a, b] = node.inputs.map((value) => this.#places.phases(value));
    if (a === undefined || b === undefined) return false;
    if (node.inputs.some((value) => this.#readers.only(value) === undefined)) return false;
    const sum = sumOfPhases(this.#to, a, b);
    if (sum !== undefined) this.#places.setPhased(node.outputs[0] as Value, sum);
    return sum !== undefined;
  }

  /** A factor or a shift for each channel, or both as BATCH NORM has: a CONV with one 1×1 filter for each channel. */
  #addScaled(node: GraphNode): boolean {
    const [x, other] = node.inputs as readonly [Value, Value];
    if (!this.#places.isOnlyInBlocks(x)) return false;
    const group = this.#channels(x);
    if (group % this.#block !== 0) return false;
    const filters = (slope: Value) => this.#to.add('Reshape', [slope, this.#to.ints([group, 1, 1, 1])], {});
    const attributes = { ...EVERYWHERE, kernel_shape: [1, 1], group };
    const fuse = (slopes: Value, shift?: Value) =>
      this.#addFused(node, this.#places.inBlocks(x), slopes, shift, attributes);
    if (node.op === 'BatchNormalization') {
      const { slope, shift } = this.#normalization(node as GraphNode<'BatchNormalization'>);
      fuse(filters(slope), shift);
    } else if (node.op === 'Mul' && this.#isPerChannel(other, x)) fuse(filters(this.#places.inOrder(other)));
    else {
      const shift = this.#shiftBy(node, x);
      if (shift === undefined) return false;
      fuse(copyingFilters(this.#to, group), shift);
    }
    return true;
  }

  /** BATCH NORM as y = slope · x + shift, [C] each. */
  #normalization({ inputs, attributes }: GraphNode<'BatchNormalization'>) {
    const [scale, beta, mean, variance] = inputs.slice(1).map((v) => this.#places.inOrder(v)) as [
      Value,
      Value,
      Value,
      Value,
    ];
    // Training has computed both itself (batch-statistics.ts).
    const isPlain = this.#isEverywhere(mean, 0) && this.#isEverywhere(variance, 1) && attributes.epsilon === 0;
    if (isPlain) return { slope: scale, shift: beta };
    const slope = this.#to.add('Div', [scale, deviationOf(this.#to, variance, attributes.epsilon)], {});
    const shift = this.#to.add('Sub', [beta, this.#to.add('Mul', [mean, slope], {})], {});
    return { slope, shift };
  }

  #isEverywhere(value: Value, number: number): boolean {
    return this.#to.constantNumbers(value)?.every((other) => other === number) ?? false;
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
        sum = this.#places.inBlocks(other);
      }
      this.#done.add(next);
      output = next.outputs[0] as Value;
      if (activation !== '') break;
    }
    const inputs = sum === undefined ? [input, filters, shift] : [input, filters, shift, sum];
    this.#places.setBlocked(output, this.#to.add('NchwcConv', inputs, { ...attributes, activation }));
  }

  /** What a node adds to each channel of a value, for whole blocks, where that is all it does. */
  #shiftBy({ op, inputs }: GraphNode, value: Value): Value | undefined {
    const other = inputs[inputs[0] === value ? 1 : 0];
    if (other === undefined || !(op === 'Add' || (op === 'Sub' && inputs[0] === value))) return undefined;
    if (!this.#isPerChannel(other, value) || !this.#isThere(other)) return undefined;
    const channels = this.#channels(value);
    const flat = this.#to.add('Reshape', [this.#places.inOrder(other), this.#to.ints([channels])], {});
    const whole = this.#filledUp(flat, channels);
    return op === 'Sub' ? this.#to.add('Neg', [whole], {}) : whole;
  }

  #addElementwise(node: GraphNode): boolean {
    const output = node.outputs[0] as Value;
    const dims = this.#dims(output);
    const full = node.inputs.filter((value) => value !== '' && this.#dims(value).join() === dims.join());
    if (!ELEMENTWISE.has(node.op) || !full.some((value) => this.#places.isOnlyInBlocks(value))) return false;
    const rest = node.inputs.filter((value) => value !== '' && !full.includes(value));
    const perChannel = rest.filter((value) => this.#isPerChannel(value, output));
    if (rest.some((value) => !perChannel.includes(value) && this.#dims(value).length > 0)) return false;
    if (perChannel.length > 0 && (dims[1] as number) % this.#block !== 0) return false;
    const inputs = node.inputs.map((value) => {
      if (full.includes(value)) return perChannel.length > 0 ? this.#places.apart(value) : this.#places.inBlocks(value);
      if (!perChannel.includes(value)) return value === '' ? '' : this.#places.inOrder(value);
      return this.#to.add('Reshape', [this.#places.inOrder(value), this.#to.ints([1, -1, 1, 1, this.#block])], {});
    });
    const result = this.#to.add(node.op, inputs, node.attributes);
    this.#places.setBlocked(output, perChannel.length > 0 ? this.#together(result) : result);
    return true;
  }

  /** In blocks where one of its volumes is: the other is wanted there too. */
  #addChannelSum(node: GraphNode): boolean {
    if (node.op !== 'ChannelSum') return false;
    const { attributes } = node as GraphNode<'ChannelSum'>;
    const [x, y] = node.inputs as readonly [Value, Value | undefined];
    const inBlocks = node.inputs.some((value) => this.#places.isOnlyInBlocks(value));
    const place = (value: Value) => (inBlocks ? this.#places.inBlocks(value) : this.#places.inOrder(value));
    const write = inBlocks ? sumInBlocks : channelSum;
    const sums = write(this.#to, place(x), y && place(y), attributes);
    this.#places.setOrdered(node.outputs[0] as Value, this.#withoutFilling(sums, this.#channels(x)));
    return true;
  }

  /** [K] without the numbers of channels that fill up a block. */
  #withoutFilling(values: Value, channels: number): Value {
    if (this.#to.dims(values)[0] === channels) return values;
    return this.#to.add('Slice', [values, this.#to.ints([0]), this.#to.ints([channels])], {});
  }

  #dims(value: Value): readonly number[] {
    return this.#types.dims(value);
  }

  #channels(value: Value): number {
    return this.#dims(value)[1] as number;
  }

  /** Whether a value has been computed, or is another view of one that has, which is then written. */
  #isThere(value: Value): boolean {
    if (this.#places.isKnown(value)) return true;
    const node = this.#types.producer(value);
    if (node?.op !== 'Reshape' || !this.#isThere(node.inputs[0] as Value)) return false;
    this.#add(node);
    this.#done.add(node);
    return true;
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

  #together(value: Value): Value {
    const [n, blocks, h, w, b] = this.#to.dims(value) as readonly [number, number, number, number, number];
    return this.#to.add('Reshape', [value, this.#to.ints([n, blocks * b, h, w])], {});
  }
}
