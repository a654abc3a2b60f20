import { GraphBuilder } from '../onnx/builder.ts';
import type { Graph, GraphNode, Value } from '../onnx/graph.ts';
import type { GraphWriter, Target } from '../onnx/operators/operator.ts';
import { elementCount } from '../onnx/tensor.ts';
import { STEP } from './program.ts';

/**
 * A data set that lies on the device: a step is told the numbers of its pictures in place of their pixels. Not every
 * device computes with bytes, and as a float each would take four: three of them are packed into one float32, which holds
 * whole numbers up to 2²⁴ exactly.
 */
const IN_ONE = 3;
const BYTE = 256;

/** Names of the graph's inputs in place of STEP.pixels. */
export const STORED = {
  /** float32 [count, numbers of a picture], as `packPixels` makes them */
  set: 'stored/set',
  /** int32 [N]: which pictures */
  pictures: 'stored/pictures',
} as const;

/** Floats that a picture of so many bytes takes. */
export function packedLength(bytes: number): number {
  return Math.ceil(bytes / IN_ONE);
}

/** @param pixels [count, each] bytes → [count, packedLength(each)] */
export function packPixels(pixels: Uint8Array, each: number): Float32Array {
  const count = pixels.length / each;
  const length = packedLength(each);
  const packed = new Float32Array(count * length);
  for (let picture = 0; picture < count; picture++) {
    const from = picture * each;
    for (let i = 0; i < length; i++) {
      const at = from + IN_ONE * i;
      const inside = (offset: number) => (IN_ONE * i + offset < each ? (pixels[at + offset] as number) : 0);
      packed[picture * length + i] = (inside(0) * BYTE + inside(1)) * BYTE + inside(2);
    }
  }
  return packed;
}

/** Writes what takes pictures out of a stored set: float32 [N, C, H, W], 0–255. */
export function takePictures(graph: GraphWriter, set: Value, pictures: Value, shape: readonly number[]): Value {
  const each = elementCount(shape);
  const length = packedLength(each);
  const [n] = graph.dims(pictures) as readonly [number];
  const packed = graph.add('Gather', [set, pictures], { axis: 0 });
  // Powers of two: every product and every difference is exact.
  const times = (value: Value, factor: number) => graph.add('Mul', [value, graph.scalar(factor)], {});
  const without = (value: Value, front: Value, factor: number) => graph.add('Sub', [value, times(front, factor)], {});
  const first = graph.add('Floor', [times(packed, 1 / BYTE ** 2)], {});
  const rest = without(packed, first, BYTE ** 2);
  const second = graph.add('Floor', [times(rest, 1 / BYTE)], {});
  const third = without(rest, second, BYTE);
  const apart = [first, second, third].map((value) => graph.add('Reshape', [value, graph.ints([n, length, 1])], {}));
  const all = graph.add('Reshape', [graph.add('Concat', apart, { axis: 2 }), graph.ints([n, IN_ONE * length])], {});
  const own =
    IN_ONE * length === each
      ? all
      : graph.add('Slice', [all, graph.ints([0]), graph.ints([each]), graph.ints([1])], {});
  return graph.add('Reshape', [own, graph.ints([n, ...shape])], {});
}

/**
 * The graph of a step or of an evaluation with STORED's inputs in place of pixels.
 *
 * @param count pictures in the set
 */
export function fromStoredSet(graph: Graph, target: Target, count: number): Graph {
  const builder = new GraphBuilder(graph.name, target);
  for (const [name, tensor] of graph.initializers) builder.initializer(name, tensor);
  const renamed = new Map<Value, Value>();
  for (const { name, type } of graph.inputs) {
    if (name !== STEP.pixels) builder.input(name, type);
    else {
      const [n, ...shape] = type.dims as readonly [number, ...number[]];
      const dims = [count, packedLength(elementCount(shape))];
      const set = builder.input(STORED.set, { dtype: 'float32', dims });
      const pictures = builder.input(STORED.pictures, { dtype: 'int32', dims: [n] });
      renamed.set(
        name,
        builder.within('stored', () => takePictures(builder, set, pictures, shape)),
      );
    }
  }
  for (const node of graph.nodes) {
    const [input, output] = [node.inputs[0], node.outputs[0]] as readonly [Value, Value];
    // What makes floats of the bytes has nothing left to do.
    if (input === STEP.pixels) renamed.set(output, renamed.get(input) as Value);
    else builder.addNode(withInputs(node, renamed));
  }
  for (const { name } of graph.outputs) builder.output(name, name);
  return builder.build();
}

function withInputs(node: GraphNode, renamed: ReadonlyMap<Value, Value>): GraphNode {
  return { ...node, inputs: node.inputs.map((value) => renamed.get(value) ?? value) };
}
