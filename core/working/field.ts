import { isRegular, type Span, spanAt, widest } from '../network/axis-field.ts';
import { fieldSides, type ReceptiveField } from '../network/receptive-field.ts';
import type { LayerReport } from '../network/report.ts';
import { isVolume } from '../shape.ts';
import type { Step } from './working.ts';

/** "13×11": width × height. */
export function fieldText(field: ReceptiveField): string {
  return fieldSides(field).toReversed().join('×');
}

/** Where a receptive field comes from: along the width, and along the height where that differs. */
export function fieldSteps(report: LayerReport, feeding: readonly LayerReport[]): readonly Step[] {
  const { receptiveField: field } = report;
  if (field === undefined) return [];
  const before = feeding.flatMap((one) => one.receptiveField ?? []);
  const [first] = before;
  if (first === undefined)
    return [{ formula: 'a pixel of the image sees itself', values: '', result: fieldText(field) }];
  const [width, height] = (['width', 'height'] as const).map((axis) => axisSteps(axis, report, field, before)) as [
    readonly Step[],
    readonly Step[],
  ];
  const result = fieldText(field);
  if (sameSteps(width, height)) return width.map((step, i) => (i === 0 ? { ...step, result } : step));
  const along = (name: Axis, steps: readonly Step[]) =>
    steps.map((step) => ({ ...step, formula: `${name}: ${step.formula}` }));
  const together = { formula: 'together, width × height', values: '', result };
  return [...along('width', width), ...along('height', height), together];
}

function sameSteps(a: readonly Step[], b: readonly Step[]): boolean {
  return (
    a.length === b.length && a.every(({ values, result }, i) => values === b[i]?.values && result === b[i]?.result)
  );
}

type Axis = 'height' | 'width';

function axisSteps(
  axis: Axis,
  { fit, layer, shape = [] }: LayerReport,
  field: ReceptiveField,
  before: readonly ReceptiveField[],
): readonly Step[] {
  const index = axis === 'height' ? 0 : 1;
  const [first] = before as readonly [ReceptiveField];
  const result = String(field.size[index]);
  if (fit !== undefined && isRegular(first[axis])) {
    const [size, jump] = [first.size[index], first.jump[index]];
    return [
      {
        formula: 'r₂ = r₁ + (F − 1)·j₁, j₁ pixels lying between neighbours of the input',
        values: `${size} + (${fit[axis].reach} − 1)·${jump}`,
        result,
      },
      {
        formula: 'j₂ = j₁·S for the next layer',
        values: `${jump}·${fit[axis].stride}`,
        result: String(field.jump[index]),
      },
    ];
  }
  if (fit === undefined && before.length === 1) {
    return [{ formula: `${layer.name} looks at single values`, values: '', result }];
  }
  const length = isVolume(shape) ? (shape[1 + index] ?? 1) : 1;
  const seen = spanAt(field[axis], widest(field[axis], length));
  const formula =
    fit === undefined
      ? 'the last pixel that one of its inputs sees − the first + 1'
      : 'the last pixel that its F values see − the first + 1, where that is most (not all see alike)';
  return [{ formula, values: fromTo(seen), result }];
}

/** "5 − 2 + 1", counted from the first pixel of the field where that lies before the image. */
function fromTo([first, last]: Span): string {
  return first < 0 ? `${last - first} − 0 + 1` : `${last} − ${first} + 1`;
}
