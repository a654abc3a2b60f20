/** What the merging layers share: shapes that must agree, and the message where they do not. */
import type { Value } from '../onnx/graph.ts';
import { formatVolume, type Shape, sameShape } from '../shape.ts';
import { defineLayer, type ShapeFault } from './define.ts';

export function mismatch(label: string, needs: string, inputs: readonly Shape[]): ShapeFault {
  const got = inputs.map(formatVolume).join(' and ');
  return { code: 'mismatch', message: `${label} needs ${needs}; got ${got}.` };
}

/** A layer that combines volumes of one shape element by element with an ONNX operator of two inputs. */
export function defineElementwiseMerge<const K extends string>(layer: {
  readonly kind: K;
  readonly label: string;
  readonly stem: string;
  readonly summary: string;
  readonly op: 'Add' | 'Mul';
  /** What the inputs have to be, for the message. */
  readonly needs: string;
}) {
  const { op, needs, ...named } = layer;
  return defineLayer({
    ...named,
    category: 'Merge',
    fields: {},
    arity: { min: 2, max: 64 },
    inPlace: false,
    outputShape: ({ inputs }) => {
      const [first, ...rest] = inputs as readonly [Shape, ...Shape[]];
      if (rest.every((shape) => sameShape(shape, first))) return { shape: first };
      return { fault: mismatch(layer.label, needs, inputs) };
    },
    emit: ({ graph, inputs }) =>
      inputs.slice(1).reduce((merged, next) => graph.add(op, [merged, next], {}), inputs[0] as Value),
    describe: () => '',
  });
}
