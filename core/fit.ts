import { type Padding, pair, type Size, type Volume } from './shape.ts';

/** A window that slides over a volume: CONV and POOL alike. */
export interface Window {
  readonly kernelSize: Size;
  readonly strides: Size;
  readonly padding: Padding;
  readonly dilation: Size;
  /** Largest padding allowed for a window of this reach; none: any. Padding `same` is always allowed. */
  readonly maxPadding?: (reach: number) => number;
}

export type FitStatus = 'exact' | 'floors' | 'impossible';

/** How a window fits along one axis. */
export interface AxisFit {
  readonly status: FitStatus;
  /** Why the fit is impossible; undefined where it is not. */
  readonly cause: 'window-too-large' | 'too-much-padding' | undefined;
  /** (n − f + pads) / s + 1 before rounding, f being the reach of a dilated window; it may be negative. */
  readonly formula: number;
  /** Number of window positions; 0 where the fit is impossible. */
  readonly out: number;
  /** Padded rows or columns at the end that no position reads. */
  readonly unused: number;
  readonly n: number;
  /** Pixels from the window's first to its last tap: d (F − 1) + 1. */
  readonly reach: number;
  readonly dilation: number;
  readonly stride: number;
  readonly pads: readonly [begin: number, end: number];
  /** Largest padding allowed; undefined: any. */
  readonly maxPadding: number | undefined;
}

export interface WindowFit {
  /** The worse of the two axes. */
  readonly status: FitStatus;
  readonly height: AxisFit;
  readonly width: AxisFit;
}

/** Pads before and after an axis. */
function axisPads(n: number, reach: number, stride: number, padding: number | 'same'): readonly [number, number] {
  if (padding !== 'same') return [padding, padding];
  const total = Math.max((Math.ceil(n / stride) - 1) * stride + reach - n, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/**
 * Fit of a window of `f` pixels, stride `s`, padding `p` on each side and dilation `d` along an axis of `n` pixels.
 *
 * @param maxPadding largest padding allowed for a window of this reach; none: any
 */
export function fitAxis(
  n: number,
  f: number,
  s: number,
  p: number | 'same',
  d = 1,
  maxPadding?: Window['maxPadding'],
): AxisFit {
  const reach = d * (f - 1) + 1;
  const pads = axisPads(n, reach, s, p);
  const room = n + pads[0] + pads[1] - reach;
  const formula = room / s + 1;
  const most = p === 'same' ? undefined : maxPadding?.(reach);
  const common = { formula, n, reach, dilation: d, stride: s, pads, maxPadding: most };
  const cause = most !== undefined && pads[0] > most ? 'too-much-padding' : room < 0 ? 'window-too-large' : undefined;
  if (cause !== undefined) return { status: 'impossible', cause, out: 0, unused: 0, ...common };
  const unused = room % s;
  return { status: unused === 0 ? 'exact' : 'floors', cause, out: Math.floor(formula), unused, ...common };
}

/** Which pixels of a padded axis some position of the window reads, from the first pad to the last. */
export function readPixels({ n, reach, dilation, stride, pads, out }: AxisFit): readonly boolean[] {
  const read = new Array<boolean>(n + pads[0] + pads[1]).fill(false);
  for (let position = 0; position < out; position++) {
    for (let tap = 0; tap < reach; tap += dilation) read[position * stride + tap] = true;
  }
  return read;
}

/**
 * Positions by Caffe's rule for POOL, which rounds up: the last window may hang over the edge, but has to begin on a
 * pixel or on the padding before the first (PyTorch's ceil_mode counts the same). 0 where there is none: Caffe too
 * refuses padding that a window could lie on completely.
 */
export function ceilingOut({ n, reach, stride, pads, formula, cause }: AxisFit): number {
  if (cause === 'too-much-padding' && pads[0] >= reach) return 0;
  const out = Math.max(0, Math.ceil(formula));
  return (out - 1) * stride >= n + pads[0] ? out - 1 : out;
}

const SEVERITY: { readonly [S in FitStatus]: number } = { exact: 0, floors: 1, impossible: 2 };

export function fitWindow([, height, width]: Volume, window: Window): WindowFit {
  const [f, s, d] = [pair(window.kernelSize), pair(window.strides), pair(window.dilation)];
  const p = window.padding === 'same' ? (['same', 'same'] as const) : pair(window.padding);
  const vertical = fitAxis(height, f[0], s[0], p[0], d[0], window.maxPadding);
  const horizontal = fitAxis(width, f[1], s[1], p[1], d[1], window.maxPadding);
  const status = SEVERITY[vertical.status] > SEVERITY[horizontal.status] ? vertical.status : horizontal.status;
  return { status, height: vertical, width: horizontal };
}

/** The axis that fits worse: the one a message should speak of. */
export function worseAxis(fit: WindowFit): { readonly name: 'width' | 'height'; readonly axis: AxisFit } {
  return SEVERITY[fit.height.status] > SEVERITY[fit.width.status]
    ? { name: 'height', axis: fit.height }
    : { name: 'width', axis: fit.width };
}

/**
 * "−17", "2.33": with more decimals only where a fraction would be rounded to a whole number.
 *
 * @param decimals of a fraction, at least
 */
export function formatRatio(value: number, decimals = 2): string {
  if (Number.isInteger(value)) return String(value).replace('-', '−');
  const text = value.toFixed(decimals);
  return Number.isInteger(Number(text)) ? formatRatio(value, decimals + 1) : text.replace('-', '−');
}

/**
 * The lecture's formula for the positions along an axis, and the same with its numbers: "(N − F + 2P)/S + 1" and
 * "(7 − 3 + 2·0)/3 + 1".
 *
 * @param n the letter of the axis: "N", "W₁"
 */
export function positionsFormula({ n, reach, dilation, stride, pads: [begin, end] }: AxisFit, letter = 'N') {
  const taps = (reach - 1) / dilation + 1;
  const [window, size] = dilation === 1 ? ['F', String(reach)] : ['(D(F − 1) + 1)', `(${dilation}·(${taps} − 1) + 1)`];
  const [padding, padded] = begin === end ? ['2P', `2·${begin}`] : ['P₁ + P₂', `${begin} + ${end}`];
  return {
    formula: `(${letter} − ${window} + ${padding})/S + 1`,
    values: `(${n} − ${size} + ${padded})/${stride} + 1`,
  };
}

/** "(7 − 3 + 2·0)/3 + 1 = 2.33" */
export function formulaText(axis: AxisFit): string {
  return `${positionsFormula(axis).values} = ${formatRatio(axis.formula)}`;
}

/** One sentence on how the window fits, with the formula and its numbers. */
export function fitMessage(fit: WindowFit): string {
  const { name, axis } = worseAxis(fit);
  const square = formulaText(fit.height) === formulaText(fit.width);
  const where = square ? '' : `${name}: `;
  const formula = `${where}${positionsFormula(axis).formula} = ${formulaText(axis)}`;
  const [begin, end] = axis.pads;
  switch (axis.status) {
    case 'exact':
      return `Fits exactly: ${formula}.`;
    case 'floors': {
      const lines = square ? 'row and column' : name === 'width' ? 'column' : 'row';
      const unread =
        axis.unused === 1
          ? `the last padded ${lines} is`
          : `the last ${axis.unused} padded ${lines.replace(/(row|column)/g, '$1s')} are`;
      return `Rounded down to ${axis.out}: ${formula}; ${unread} never read.`;
    }
    case 'impossible':
      if (axis.cause === 'too-much-padding') {
        return `${where}A window that reaches over ${axis.reach} pixels takes at most ${axis.maxPadding} of padding, got ${begin}.`;
      }
      return `The window doesn't fit: it reaches over ${axis.reach} pixels, the padded input has ${axis.n + begin + end}; ${formula}.`;
    default:
      return axis.status satisfies never;
  }
}

/** A change of one field that makes a window fit exactly along both axes. */
export interface FitFix {
  readonly field: 'kernelSize' | 'strides' | 'padding';
  readonly value: number;
}

/** Nearest values below and above `current` that satisfy `good`, nearest first. */
function nearest(current: number, low: number, high: number, good: (value: number) => boolean): readonly number[] {
  const found: number[] = [];
  for (let at = current - 1; at >= low; at--) {
    if (good(at)) {
      found.push(at);
      break;
    }
  }
  for (let at = current + 1; at <= high; at++) {
    if (good(at)) {
      found.push(at);
      break;
    }
  }
  return found.sort((a, b) => Math.abs(a - current) - Math.abs(b - current));
}

/**
 * Changes of P, F or S, one at a time, each the nearest below or above, that make the window fit exactly.
 * Rectangular windows get no offers: which side to change is the user's business.
 */
export function fitFixes(volume: Volume, window: Window): readonly FitFix[] {
  const { kernelSize: f, strides: s, padding: p, dilation, maxPadding } = window;
  if (typeof f !== 'number' || typeof s !== 'number' || typeof p !== 'number') return [];
  if (fitWindow(volume, window).status === 'exact') return [];
  const exact = (change: Partial<Window>) => fitWindow(volume, { ...window, ...change }).status === 'exact';
  const reach = Math.max(...pair(dilation)) * (f - 1) + 1;
  const largest = Math.max(volume[1], volume[2]);
  const mostPadding = maxPadding?.(reach) ?? largest;
  const fixes = (field: FitFix['field'], values: readonly number[]): readonly FitFix[] =>
    values.map((value) => ({ field, value }));
  return [
    ...fixes(
      'padding',
      nearest(p, 0, mostPadding, (padding) => exact({ padding })),
    ),
    ...fixes(
      'kernelSize',
      nearest(f, 1, largest, (kernelSize) => exact({ kernelSize })),
    ),
    ...fixes(
      'strides',
      nearest(s, 1, largest, (strides) => exact({ strides })),
    ),
  ];
}
