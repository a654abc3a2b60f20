import type { Graph, GraphNode, Value } from './graph.ts';
import type { AttributesOf } from './operators/attributes.ts';
import type { Target } from './operators/operator.ts';
import { Readers } from './readers.ts';
import { replay } from './replay.ts';

/**
 * A product of matrices that is only added to something of its size becomes a product that adds to it (Gemm's third
 * input): the largest gradients, those of FC weights, then never exist beside what the optimizer makes of them.
 */
export function accumulateInGemm(graph: Graph, target: Target): Graph {
  const types = replay(graph, target);
  const readers = new Readers(graph);
  const products = new Map<Value, GraphNode<'Gemm'>>();
  for (const node of graph.nodes) {
    const [output] = node.outputs as readonly [Value];
    if (node.op === 'Gemm' && (node.inputs[2] ?? '') === '') products.set(output, node as GraphNode<'Gemm'>);
  }
  const fused = new Map<GraphNode, GraphNode>();
  const gone = new Set<GraphNode>();
  for (const node of graph.nodes) {
    if (node.op !== 'Add') continue;
    const value = node.inputs.find((input) => products.has(input) && readers.only(input) === node);
    const other = node.inputs.find((input) => input !== value);
    if (value === undefined || other === undefined) continue;
    if (types.dims(value).join() !== types.dims(other).join()) continue;
    const product = products.get(value) as GraphNode<'Gemm'>;
    const attributes: AttributesOf<'Gemm'> = { ...product.attributes, beta: 1 };
    const inputs = [...product.inputs.slice(0, 2), other];
    fused.set(node, { ...product, inputs, outputs: node.outputs, attributes } as GraphNode);
    gone.add(product as GraphNode);
  }
  if (fused.size === 0) return graph;
  return { ...graph, nodes: graph.nodes.flatMap((node) => (gone.has(node) ? [] : [fused.get(node) ?? node])) };
}
