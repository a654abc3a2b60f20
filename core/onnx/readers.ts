import type { Graph, GraphNode, Value } from './graph.ts';

/** Who reads each value of a graph. */
export class Readers {
  readonly #nodes = new Map<Value, GraphNode[]>();
  readonly #outputs: ReadonlySet<Value>;

  constructor(graph: Graph) {
    this.#outputs = new Set(graph.outputs.map(({ name }) => name));
    for (const node of graph.nodes) {
      for (const input of node.inputs) this.#nodes.set(input, [...(this.#nodes.get(input) ?? []), node]);
    }
  }

  /** The node that alone reads a value, once, where the graph does not answer it as well. */
  only(value: Value): GraphNode | undefined {
    const [node, ...others] = this.#nodes.get(value) ?? [];
    return others.length > 0 || this.#outputs.has(value) ? undefined : node;
  }
}
