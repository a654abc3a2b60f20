import type { GraphBuilder } from '../onnx/builder.ts';
import type { GraphNode, Value } from '../onnx/graph.ts';
import type { OperatorName } from '../onnx/operators/attributes.ts';
import { OPERATORS } from '../onnx/operators/index.ts';
import type { GradientContext, Operator } from '../onnx/operators/operator.ts';

/**
 * Reverse-mode differentiation: appends to the graph the nodes that compute dLoss/dValue for each asked value.
 * Works on any graph of the operators in core/onnx/operators; throws where a path to an asked value runs through an
 * operator without a slope. A value the loss does not depend on is left out of the answer.
 *
 * @param loss a scalar (dims [])
 */
export function differentiate(graph: GraphBuilder, loss: Value, asked: readonly Value[]): ReadonlyMap<Value, Value> {
  if (graph.dims(loss).length !== 0) throw new Error(`The loss must be a scalar, got [${graph.dims(loss).join(', ')}]`);
  const steps = [...backwardSteps(graph)];
  const active = dependents(graph.nodes, asked);
  const gradients = new Map<Value, Value>([[loss, graph.scalar(1)]]);

  for (const step of steps) {
    const dy = gradients.get(step.output);
    if (dy === undefined || !active.has(step.output)) continue;
    const flowing = graph.within(`grad/${step.name}`, () => step.gradient(dy, active));
    flowing.forEach((gradient, i) => {
      const input = step.inputs[i] as Value;
      if (gradient === undefined || !active.has(input)) return;
      const before = gradients.get(input);
      gradients.set(input, before === undefined ? gradient : graph.add('Add', [before, gradient], {}));
    });
  }

  return new Map(
    asked.flatMap((value) => {
      const gradient = gradients.get(value);
      return gradient === undefined ? [] : [[value, gradient] as const];
    }),
  );
}

/** The asked values and every value computed from one of them. */
function dependents(nodes: readonly GraphNode[], asked: readonly Value[]): ReadonlySet<Value> {
  const active = new Set(asked);
  for (const node of nodes) {
    if (node.inputs.some((input) => active.has(input))) for (const output of node.outputs) active.add(output);
  }
  return active;
}

interface BackwardStep {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly output: Value;
  gradient(dy: Value, active: ReadonlySet<Value>): readonly (Value | undefined)[];
}

/** The forward pass from its end to its beginning; a part with a gradient of its own is one step. */
function* backwardSteps(graph: GraphBuilder): Generator<BackwardStep> {
  const nodes = [...graph.nodes];
  const endingAt = new Map(graph.customGradients.map((part) => [part.end, part]));
  let at = nodes.length;
  while (at > 0) {
    const part = endingAt.get(at);
    const node = nodes[at - 1] as GraphNode;
    if (part === undefined) {
      yield {
        name: node.name,
        inputs: node.inputs,
        output: node.outputs[0] as Value,
        gradient: (dy, active) => inputGradients(graph, node, dy, active),
      };
      at -= 1;
    } else {
      yield { name: node.name, inputs: part.inputs, output: part.output, gradient: (dy) => part.gradient(dy) };
      at = part.begin;
    }
  }
}

function inputGradients<O extends OperatorName>(
  graph: GraphBuilder,
  node: GraphNode<O>,
  dy: Value,
  active: ReadonlySet<Value>,
): readonly (Value | undefined)[] {
  const operator: Operator<O> = OPERATORS[node.op];
  if (typeof operator.gradient !== 'function') {
    throw new Error(`${node.name}: no gradient flows through ${node.op}: ${operator.gradient.notDifferentiable}`);
  }
  const context: GradientContext<O> = {
    graph,
    inputs: node.inputs,
    output: node.outputs[0] as Value,
    attributes: node.attributes,
    dy,
    extraOutput: (index) => graph.extraOutput(node as GraphNode, index),
    wants: (index) => active.has(node.inputs[index] ?? ''),
    constantNumbers: (index) => {
      const values = graph.constantNumbers(node.inputs[index] ?? '');
      if (values === undefined) throw new Error(`${node.name}: ${node.op} needs a constant as input ${index}`);
      return values;
    },
  };
  return operator.gradient(context);
}
