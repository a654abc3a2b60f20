import type { Graph, GraphNode } from './graph.ts';

/**
 * Gives a MAX POOL that reads a Pad its second output, where the largest values were, though nobody asks for it. ONNX
 * Runtime (1.30) otherwise merges the two nodes and pads with −∞ in place of the Pad's zeros: a window of negative values
 * at the border then answers the largest of them, not 0. With the output it leaves them apart.
 */
export function keepPadApart(graph: Graph): readonly GraphNode[] {
  const padded = new Set(graph.nodes.filter(({ op }) => op === 'Pad').flatMap(({ outputs }) => outputs));
  return graph.nodes.map((node) => {
    const [input] = node.inputs;
    const merges = node.op === 'MaxPool' && node.outputs.length === 1 && input !== undefined && padded.has(input);
    return merges ? { ...node, outputs: [...node.outputs, `${node.outputs[0]}.positions`] } : node;
  });
}
