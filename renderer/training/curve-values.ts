export interface CurveData {
  /** Steps, counted from 1. */
  readonly steps: readonly number[];
  readonly training: readonly number[];
  /** Validation values, null where there is none. */
  readonly validation: readonly (number | null)[];
}

/** The values of a curve at one place. */
export interface CurveValues {
  readonly step: number;
  readonly training: number;
  /** The last validation up to there. */
  readonly validation: { readonly step: number; readonly value: number } | undefined;
}

export function valuesAt({ steps, training, validation }: CurveData, index: number): CurveValues | undefined {
  const [step, value] = [steps[index], training[index]];
  if (step === undefined || value === undefined) return undefined;
  for (let at = index; at >= 0; at--) {
    const held = validation[at];
    if (held != null) {
      return { step: Math.round(step), training: value, validation: { step: Math.round(steps[at] ?? 0), value: held } };
    }
  }
  return { step: Math.round(step), training: value, validation: undefined };
}

/** "step 120: training 0.3120, validation 0.2915 at step 94", for those who hear it. */
export function describeValues({ step, training, validation }: CurveValues, format: (value: number) => string): string {
  const held = validation === undefined ? '' : `, validation ${format(validation.value)} at step ${validation.step}`;
  return `step ${step}: training ${format(training)}${held}`;
}

/** The place that a key leads to on a curve of so many values; undefined for other keys. */
export function moveOnCurve(key: string, index: number, count: number): number | undefined {
  const page = Math.max(1, Math.round(count / 10));
  const places: { readonly [key: string]: number } = {
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    PageDown: index - page,
    PageUp: index + page,
    Home: 0,
    End: count - 1,
  };
  const place = places[key];
  return place === undefined ? undefined : Math.min(Math.max(place, 0), count - 1);
}
