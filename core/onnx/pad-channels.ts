import type { GraphBuilder } from './builder.ts';
import type { Graph, GraphNode, Value } from './graph.ts';
import type { AttributesOf } from './operators/attributes.ts';
import type { Target } from './operators/operator.ts';
import { replay } from './replay.ts';

/**
 * Rewrites every CONV whose input channels the target gets wrong: zeros are put behind input and filters until the
 * channels are a multiple of 4. They add nothing to any sum.
 */
export function padConvChannels(graph: Graph, target: Target): Graph {
  const builder = replay(graph, target, (to, node) => {
    if (node.op === 'Conv') addConv(to, node as GraphNode<'Conv'>, target);
    else to.addNode(node);
  });
  for (const { name } of graph.outputs) builder.output(name, name);
  return builder.build();
}

function addConv(builder: GraphBuilder, node: GraphNode<'Conv'>, target: Target): void {
  const [x, w, ...rest] = node.inputs as readonly [Value, Value, ...Value[]];
  const attributes: AttributesOf<'Conv'> = node.attributes;
  const channels = builder.dims(x)[1] as number;
  if (attributes.group !== 1 || !target.needsChannelPadding(channels)) {
    builder.addNode(node as GraphNode);
    return;
  }
  const extra = 4 - (channels % 4);
  const widen = (value: Value) => builder.add('Pad', [value, builder.ints([0, 0, 0, 0, 0, extra, 0, 0])], {});
  builder.addNode({ ...node, inputs: [widen(x), widen(w), ...rest] } as GraphNode);
}
