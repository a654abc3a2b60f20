import type { Graph, Value } from './graph.ts';

/** The graph without nodes that no output depends on. */
export function pruned(graph: Graph): Graph {
  const wanted = new Set<Value>(graph.outputs.map(({ name }) => name));
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => wanted.has(output))) return false;
    for (const input of node.inputs) wanted.add(input);
    return true;
  });
  return nodes.length === graph.nodes.length ? graph : { ...graph, nodes: nodes.reverse() };
}
