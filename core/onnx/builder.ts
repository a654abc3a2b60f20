import type { Graph, GraphNode, NamedType, Value } from './graph.ts';
import type { AttributesOf, OperatorName } from './operators/attributes.ts';
import { OPERATORS } from './operators/index.ts';
import type { GraphWriter, Operator, Target, TypeContext } from './operators/operator.ts';
import { type FloatType, int64, scalar, type Tensor, type TensorType, toNumbers } from './tensor.ts';

export const CPU_TARGET: Target = {
  maxPoolIndices: true,
  needsChannelPadding: () => false,
  groupedConvTranspose: true,
  channelBlock: 0,
  sums: 'float64',
};
export const WEBGPU_TARGET: Target = {
  maxPoolIndices: false,
  // ORT 1.30: wrong for 6, 9, 30 …; right for 3.
  needsChannelPadding: (channels) => channels % 3 === 0 && channels % 4 !== 0 && channels > 3,
  groupedConvTranspose: false,
  channelBlock: 0,
  sums: 'float32',
};

/** A part of a graph whose gradient is written in closed form instead of node by node. */
export interface CustomGradient {
  /** Index of its first node, and of the first node behind it. */
  readonly begin: number;
  readonly end: number;
  readonly inputs: readonly Value[];
  readonly output: Value;
  /** dLoss/dInput for each of `inputs`. */
  gradient(dy: Value): readonly Value[];
}

/**
 * Builds an ONNX graph node by node and knows every value's type at once, so that what is written next may depend on it.
 * Throws a plain Error naming the node where an operator cannot take what it is given: a fault of this program, not of a user.
 */
export class GraphBuilder implements GraphWriter {
  readonly #types = new Map<Value, TensorType>();
  readonly #initializers = new Map<Value, Tensor>();
  readonly #constants = new Map<string, Value>();
  readonly #nodes: GraphNode[] = [];
  readonly #producers = new Map<Value, GraphNode>();
  readonly #inputs: NamedType[] = [];
  readonly #outputs: NamedType[] = [];
  readonly #customGradients: CustomGradient[] = [];
  /** Names that output values get when the graph is built. */
  readonly #aliases = new Map<Value, Value>();
  readonly #used = new Map<string, number>();
  #scope = '';

  readonly name: string;
  readonly target: Target;

  constructor(name: string, target: Target = CPU_TARGET) {
    this.name = name;
    this.target = target;
  }

  get nodes(): readonly GraphNode[] {
    return this.#nodes;
  }

  get customGradients(): readonly CustomGradient[] {
    return this.#customGradients;
  }

  /** Writes nodes that differentiation takes as one step, with the gradient given here. */
  withGradient(
    inputs: readonly Value[],
    write: () => { readonly output: Value; gradient(dy: Value): readonly Value[] },
  ): Value {
    const begin = this.#nodes.length;
    const { output, gradient } = write();
    this.#customGradients.push({ begin, end: this.#nodes.length, inputs, output, gradient });
    return output;
  }

  /** Names of nodes written inside `write` start with `scope/`, so that a profile and an error name the layer. */
  within<T>(scope: string, write: () => T): T {
    const outer = this.#scope;
    this.#scope = `${outer}${scope}/`;
    try {
      return write();
    } finally {
      this.#scope = outer;
    }
  }

  input(name: Value, type: TensorType): Value {
    this.#declare(name, type);
    this.#inputs.push({ name, type });
    return name;
  }

  initializer(name: Value, tensor: Tensor): Value {
    this.#declare(name, { dtype: tensor.dtype, dims: tensor.dims });
    this.#initializers.set(name, tensor);
    return name;
  }

  constant(tensor: Tensor): Value {
    const key = tensor.data.length <= 64 ? `${tensor.dtype}[${tensor.dims}]:${tensor.data.join()}` : undefined;
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.initializer(this.#unique(`${this.#scope}constant`), tensor);
    if (key !== undefined) this.#constants.set(key, name);
    return name;
  }

  scalar(value: number, dtype: FloatType = 'float32'): Value {
    return this.constant(scalar(value, dtype));
  }

  ints(values: readonly number[]): Value {
    return this.constant(int64(values));
  }

  add<O extends OperatorName>(op: O, inputs: readonly (Value | undefined)[], attributes: AttributesOf<O>): Value {
    const name = this.#unique(`${this.#scope}${op}`);
    return this.#push({ op, name, inputs: namedInputs(inputs), outputs: [`${name}:0`], attributes });
  }

  /** Adds a node as it stands, names included: used when a graph is read from a file. */
  addNode(node: GraphNode): void {
    this.#push(node);
  }

  /** Makes a value an output of the graph, under this name. */
  output(value: Value, name: Value): void {
    if (name !== value && this.#types.has(name)) throw new Error(`Graph ${this.name} has two values named ${name}`);
    const computed = this.#nodes.some((node) => node.outputs.includes(value)) && !this.#aliases.has(value);
    // An input, a constant or a value that is an output already needs a node of its own to get a second name.
    const source = computed ? value : this.add('Identity', [value], {});
    this.#aliases.set(source, name);
    this.#outputs.push({ name, type: this.typeOf(source) });
  }

  typeOf(value: Value): TensorType {
    const type = this.#types.get(value);
    if (type === undefined) throw new Error(`No value named ${value} in graph ${this.name}`);
    return type;
  }

  dims(value: Value): readonly number[] {
    return this.typeOf(value).dims;
  }

  producer(value: Value): GraphNode | undefined {
    return this.#producers.get(value);
  }

  /** Values of a constant, or undefined where the value is computed. */
  constantNumbers(value: Value): readonly number[] | undefined {
    const tensor = this.#initializers.get(value);
    return tensor === undefined ? undefined : toNumbers(tensor);
  }

  /** Makes a node write one of its optional further outputs and answers that output's name. */
  extraOutput(node: GraphNode, index: number): Value {
    const at = this.#nodes.findIndex((other) => other.name === node.name);
    const known = this.#nodes[at] ?? node;
    if (known.outputs[index] !== undefined) return known.outputs[index];
    const outputs = [...known.outputs];
    while (outputs.length <= index) outputs.push(`${node.name}:${outputs.length}`);
    const grown = { ...known, outputs };
    const types = OPERATORS[grown.op].types(this.#typeContext(grown) as never);
    for (let i = known.outputs.length; i < outputs.length; i++) {
      this.#declare(outputs[i] as Value, types[i] as TensorType);
    }
    this.#nodes[at] = grown;
    return outputs[index] as Value;
  }

  build(): Graph {
    const named = (value: Value) => this.#aliases.get(value) ?? value;
    return {
      name: this.name,
      inputs: [...this.#inputs],
      outputs: [...this.#outputs],
      initializers: new Map(this.#initializers),
      nodes: this.#nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(named),
        outputs: node.outputs.map(named),
      })),
    };
  }

  #push<O extends OperatorName>(node: GraphNode<O>): Value {
    const operator: Operator<O> = OPERATORS[node.op];
    const types = operator.types(this.#typeContext(node));
    node.outputs.forEach((output, i) => {
      const type = types[i];
      if (type === undefined) throw new Error(`${node.name}: ${node.op} has no output ${i}`);
      this.#declare(output, type);
      this.#producers.set(output, node as GraphNode);
    });
    this.#nodes.push(node as GraphNode);
    return node.outputs[0] as Value;
  }

  #typeContext<O extends OperatorName>(node: GraphNode<O>): TypeContext<O> {
    const inputs = node.inputs.map((v) => (v === '' ? undefined : this.typeOf(v)));
    const fail = (reason: string): never => {
      const given = inputs.map((t) => (t === undefined ? '–' : `${t.dtype}[${t.dims.join(', ')}]`)).join(', ');
      throw new Error(`${node.name}: ${node.op} ${reason}; got ${given}`);
    };
    return {
      inputs,
      attributes: node.attributes,
      target: this.target,
      hasInput: (i) => inputs[i] !== undefined,
      input: (i) => inputs[i] ?? fail(`needs input ${i}`),
      constantNumbers: (i) => this.constantNumbers(node.inputs[i] ?? '') ?? fail(`needs a constant as input ${i}`),
      fail,
    };
  }

  #declare(name: Value, type: TensorType): void {
    if (this.#types.has(name)) throw new Error(`Graph ${this.name} has two values named ${name}`);
    this.#types.set(name, type);
  }

  #unique(base: string): string {
    let count = this.#used.get(base) ?? 0;
    let name = base;
    while (this.#types.has(name) || count > 0) {
      name = `${base}_${count}`;
      count++;
      if (!this.#types.has(name)) break;
    }
    this.#used.set(base, Math.max(count, 1));
    return name;
  }
}

/** Optional inputs that are left out: '' between others; none behind the last, where not every reader of ONNX takes one. */
function namedInputs(inputs: readonly (Value | undefined)[]): readonly Value[] {
  const given = inputs.findLastIndex((value) => value !== undefined) + 1;
  return inputs.slice(0, given).map((value) => value ?? '');
}
