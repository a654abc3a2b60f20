import type { AttributesOf, OperatorName } from '../onnx/operators/attributes.ts';
import { type Category, defineLayer } from './define.ts';
import type { FieldSpecs, FieldsOf } from './fields.ts';

/** A layer that applies one ONNX operator to every element and keeps the shape. */
export function defineElementwise<const K extends string, const S extends FieldSpecs, O extends OperatorName>(layer: {
  readonly kind: K;
  readonly label: string;
  readonly category: Category;
  readonly stem: string;
  readonly summary: string;
  readonly fields: S;
  readonly op: O;
  readonly attributes: (fields: FieldsOf<S>) => AttributesOf<O>;
  readonly describe?: (fields: FieldsOf<S>) => string;
}) {
  const { op, attributes, describe = () => '', ...named } = layer;
  return defineLayer<K, S>({
    ...named,
    arity: { min: 1, max: 1 },
    inPlace: true,
    outputShape: ({ inputs: [input] }) => ({ shape: input ?? [] }),
    emit: ({ graph, inputs: [x], fields }) => graph.add(op, [x], attributes(fields)),
    describe,
  });
}
