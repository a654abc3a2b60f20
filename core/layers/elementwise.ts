import type { Value } from '../onnx/graph.ts';
import type { AttributesOf, OperatorName } from '../onnx/operators/attributes.ts';
import type { GraphWriter } from '../onnx/operators/operator.ts';
import { type Category, defineLayer } from './define.ts';
import type { FieldSpecs, FieldsOf } from './fields.ts';

interface Named<K extends string, S extends FieldSpecs> {
  readonly kind: K;
  readonly label: string;
  readonly category: Category;
  readonly stem: string;
  readonly summary: string;
  readonly fields: S;
  readonly range?: string;
  readonly describe?: (fields: FieldsOf<S>) => string;
}

/** A layer that does the same with every element, in a few ONNX nodes, and keeps the shape. */
export function defineElementwiseNodes<const K extends string, const S extends FieldSpecs>(
  layer: Named<K, S> & { readonly write: (graph: GraphWriter, x: Value, fields: FieldsOf<S>) => Value },
) {
  const { write, describe = () => '', ...named } = layer;
  return defineLayer<K, S>({
    ...named,
    arity: { min: 1, max: 1 },
    inPlace: true,
    outputShape: ({ inputs: [input] }) => ({ shape: input ?? [] }),
    emit: ({ graph, inputs: [x], fields }) => write(graph, x as Value, fields),
    describe,
  });
}

/** A layer that applies one ONNX operator to every element and keeps the shape. */
export function defineElementwise<const K extends string, const S extends FieldSpecs, O extends OperatorName>(
  layer: Named<K, S> & { readonly op: O; readonly attributes: (fields: FieldsOf<S>) => AttributesOf<O> },
) {
  const { op, attributes, ...named } = layer;
  return defineElementwiseNodes<K, S>({
    ...named,
    write: (graph, x, fields) => graph.add(op, [x], attributes(fields)),
  });
}
