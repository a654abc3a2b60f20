import { GraphBuilder } from './builder.ts';
import type { Graph, GraphNode } from './graph.ts';
import type { Target } from './operators/operator.ts';

/**
 * A graph written once more, node by node: a builder that knows the types of all its values.
 *
 * @param add writes a node, or what is to be there in its place
 */
export function replay(
  graph: Graph,
  target: Target,
  add: (builder: GraphBuilder, node: GraphNode) => void = (builder, node) => builder.addNode(node),
): GraphBuilder {
  const builder = new GraphBuilder(graph.name, target);
  for (const [name, tensor] of graph.initializers) builder.initializer(name, tensor);
  for (const { name, type } of graph.inputs) builder.input(name, type);
  for (const node of graph.nodes) add(builder, node);
  return builder;
}

/** The graph with every number that one of its nodes computes among its outputs. */
export function withEveryValue(graph: Graph, target: Target): Graph {
  const builder = replay(graph, target);
  const outputs = graph.nodes.flatMap((node) =>
    node.outputs.flatMap((name) => {
      const type = builder.typeOf(name);
      return type.dtype === 'float32' ? [{ name, type }] : [];
    }),
  );
  return { ...graph, outputs };
}
