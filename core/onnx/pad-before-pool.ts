import type { Graph, GraphNode, Value } from './graph.ts';
import type { AttributesOf, OperatorName } from './operators/attributes.ts';
import { float32, int64, type Tensor } from './tensor.ts';

/** A graph as it is written to a file. */
export interface WrittenGraph {
  readonly graph: Graph;
  /** Pools without padding that are written with `auto_pad = VALID` in place of their pads. */
  readonly valid: ReadonlySet<GraphNode>;
}

/** Operators that ONNX Runtime removes where they change nothing, so that a pool then reads what is before them. */
const REMOVABLE: ReadonlySet<OperatorName> = new Set([
  'Cast',
  'Concat',
  'Dropout',
  'Expand',
  'Identity',
  'Reshape',
  'Resize',
  'Slice',
]);

/**
 * Keeps a pool apart from a Pad that it reads. ONNX Runtime (1.30) otherwise adds the Pad's zeros to the pool's own
 * padding. That is wrong for MaxPool, which pads with −∞: a border window of negative values would give the largest of
 * them, not 0. And AveragePool refuses padding of its window's size or more. A pool with `auto_pad` set is left alone;
 * what padding it has becomes a Pad of its own. See docs/decisions/0009-pad-before-pool.md.
 *
 * A MaxPool that gives the positions of its maxima is left alone by the runtime, too, and stays as it is.
 */
export function keepPadsApart(graph: Graph): WrittenGraph {
  const producers = new Map<Value, GraphNode>();
  for (const node of graph.nodes) for (const output of node.outputs) producers.set(output, node);
  const valid = new Set<GraphNode>();
  const initializers = new Map<Value, Tensor>(graph.initializers);
  const nodes = graph.nodes.flatMap((node): readonly GraphNode[] => {
    if (!isMerged(node) || !readsPad(node, producers)) return [node];
    const { pads } = node.attributes;
    const unpadded = pads.every((pad) => pad === 0) ? [] : [padBefore(node, initializers)];
    const inputs = unpadded[0]?.outputs ?? node.inputs;
    const pool = { ...node, inputs, attributes: { ...node.attributes, pads: [0, 0, 0, 0] } };
    valid.add(pool);
    return [...unpadded, pool];
  });
  return valid.size === 0 ? { graph, valid } : { graph: { ...graph, nodes, initializers }, valid };
}

type Pool = GraphNode<'MaxPool'> | GraphNode<'AveragePool'>;

/** Whether the runtime would merge a pool with a Pad: not where own padding is left out of the average. */
function isMerged(node: GraphNode): node is Pool {
  if (node.op === 'MaxPool') return node.outputs.length === 1;
  if (node.op !== 'AveragePool') return false;
  const { count_include_pad, pads } = node.attributes as AttributesOf<'AveragePool'>;
  return count_include_pad === 1 || pads.every((pad) => pad === 0);
}

function readsPad(node: GraphNode, producers: ReadonlyMap<Value, GraphNode>): boolean {
  const [input = ''] = node.inputs;
  const before = producers.get(input);
  if (before?.op === 'Pad') return true;
  return before !== undefined && REMOVABLE.has(before.op) && readsPad(before, producers);
}

/** A pool's own padding as a node before it: zeros for an average, −∞ for a maximum. */
function padBefore({ op, name, inputs, attributes }: Pool, initializers: Map<Value, Tensor>): GraphNode {
  const [top, left, bottom, right] = attributes.pads as readonly [number, number, number, number];
  const [amounts, value] = [`${name}/pads`, `${name}/outside`];
  initializers.set(amounts, int64([0, 0, top, left, 0, 0, bottom, right]));
  initializers.set(value, float32([], [op === 'MaxPool' ? Number.NEGATIVE_INFINITY : 0]));
  const [input = ''] = inputs;
  return {
    op: 'Pad',
    name: `${name}/Pad`,
    inputs: [input, amounts, value],
    outputs: [`${name}/padded`],
    attributes: {},
  };
}
