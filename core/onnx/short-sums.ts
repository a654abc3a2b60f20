import type { GraphBuilder } from './builder.ts';
import type { Graph, GraphNode, Value } from './graph.ts';
import { lrnInSteps } from './operators/normalization.ts';
import type { Target } from './operators/operator.ts';
import { replay } from './replay.ts';
import { elementCount } from './tensor.ts';

/** Positions of a map up to which its mean may be summed one number after the other. */
const FEW = 64;

/**
 * Writes out the operators in whose sums ONNX Runtime loses digits: a GLOBAL AVG POOL of large maps, summed one number
 * after the other, and LRN. For graphs that are run; files keep the operators.
 */
export function withShortSums(graph: Graph, target: Target): Graph {
  if (!graph.nodes.some(({ op }) => op === 'GlobalAveragePool' || op === 'LRN')) return graph;
  const builder = replay(graph, target, (to, node) => {
    const [x, output] = [node.inputs[0] as Value, node.outputs[0] as Value];
    const named = (value: Value) =>
      to.addNode({ op: 'Identity', name: node.name, inputs: [value], outputs: [output], attributes: {} });
    if (node.op === 'LRN') {
      named(to.within(node.name, () => lrnInSteps(to, x, (node as GraphNode<'LRN'>).attributes)));
    } else if (node.op === 'GlobalAveragePool' && elementCount(to.dims(x).slice(2)) > FEW) {
      named(to.within(node.name, () => meanOfMaps(to, x)));
    } else to.addNode(node);
  });
  for (const { name } of graph.outputs) builder.output(name, name);
  return builder.build();
}

/** [N, C, H, W] → [N, C, 1, 1]: the sums of N · C channels of one image. */
function meanOfMaps(graph: GraphBuilder, x: Value): Value {
  const [n, c, h, w] = graph.dims(x) as readonly [number, number, number, number];
  const maps = graph.add('Reshape', [x, graph.ints([1, n * c, h, w])], {});
  const sums = graph.add('ChannelSum', [maps], { to: 'float32' });
  const means = graph.add('Mul', [sums, graph.scalar(1 / (h * w))], {});
  return graph.add('Reshape', [means, graph.ints([n, c, 1, 1])], {});
}
