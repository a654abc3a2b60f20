/** Changes of a window's settings that make it fit, or fit exactly. */
import { fitFixes, fitWindow } from '../fit.ts';
import { formatSize, type Padding, pair, type Size, type Volume } from '../shape.ts';
import type { LayerFix, LayerWindow } from './define.ts';
import type { FieldValue } from './fields.ts';

type WindowField = 'padding' | 'kernelSize' | 'strides' | 'dilation';

const FIELD_NAMES: { readonly [F in WindowField]: string } = {
  padding: 'padding P',
  kernelSize: 'kernel size F',
  strides: 'stride S',
  dilation: 'dilation',
};

function fieldFix(window: LayerWindow, field: WindowField, value: Padding, group?: string): LayerFix {
  const name = field === 'kernelSize' ? window.sizeField : field;
  const text = typeof value === 'object' ? formatSize(value) : value;
  return {
    type: 'fields',
    label: `Set ${FIELD_NAMES[field]} to ${text}`,
    fields: { [name]: value as FieldValue },
    ...(group !== undefined && { group }),
  };
}

/** The one-click changes that make a window fit exactly. */
export function windowFixes(volume: Volume, window: LayerWindow): readonly LayerFix[] {
  return fitFixes(volume, window).map(({ field, value }) => fieldFix(window, field, value));
}

/**
 * Settings with which a window that is impossible has an output, by field, nearest first.
 *
 * @param tooLarge whether the window is larger than the padded input, and not only its padding too much
 */
export function proposals(input: Volume, window: LayerWindow, tooLarge: boolean): readonly LayerFix[] {
  const padding = paddingValues(input, window).map((value) => fieldFix(window, 'padding', value, 'padding'));
  if (!tooLarge) return padding;
  const kernel = kernelSizes(input, window).map((value) => fieldFix(window, 'kernelSize', value, 'kernelSize'));
  const undilated = fits(input, { ...window, dilation: 1 }) ? [fieldFix(window, 'dilation', 1)] : [];
  return [...padding, ...kernel, ...undilated];
}

/** Values of a field that are proposed at most: each is tried on the whole network before it is offered. */
const MAX_PROPOSALS = 40;
/** Sides of windows that networks are made of. */
const COMMON_SIZES = [11, 7, 5, 3, 2, 1] as const;

function fits(input: Volume, window: LayerWindow): boolean {
  return fitWindow(input, window).status !== 'impossible';
}

/** Paddings with which an impossible window has an output, the one nearest to its own first, `same` last. */
function paddingValues(input: Volume, window: LayerWindow): readonly Padding[] {
  const { kernelSize, dilation, padding } = window;
  if (padding === 'same') return [];
  const [d, f, p] = [pair(dilation), pair(kernelSize), pair(padding)];
  const most = ([0, 1] as const).map((axis) => window.maxPadding(d[axis] * (f[axis] - 1) + 1));
  const high = Math.max(...most);
  const clipped = (value: number, axis: number) => Math.min(value, most[axis] as number);
  const tooMuch = p.some((value, axis) => value > (most[axis] as number));
  // Too much of it: on each side as much as may be, then less and less. Too little: as much as is needed, then more.
  const needed = Math.max(...[0, 1].map((axis) => missing(input, window, axis as 0 | 1)));
  const from = tooMuch ? high : Math.max(...p.map((own) => own + 1), needed);
  const sizes: Size[] = [];
  for (let value = from; value >= 0 && value <= high && sizes.length < MAX_PROPOSALS; value += tooMuch ? -1 : 1) {
    const [vertical, horizontal] = p.map((own, axis) =>
      clipped(tooMuch ? Math.min(own, value) : Math.max(own, value), axis),
    ) as [number, number];
    const size = vertical === horizontal ? vertical : ([vertical, horizontal] as const);
    if (fits(input, { ...window, padding: size })) sizes.push(size);
  }
  const keeping = keepingSize(window);
  return distinct([
    ...sizes,
    ...(keeping !== undefined && fits(input, { ...window, padding: keeping }) ? [keeping] : []),
    'same',
  ]);
}

/** Padding on each side without which the window is larger than the padded input. */
function missing(input: Volume, { kernelSize, dilation }: LayerWindow, axis: 0 | 1): number {
  const reach = pair(dilation)[axis] * (pair(kernelSize)[axis] - 1) + 1;
  return Math.ceil((reach - (axis === 0 ? input[1] : input[2])) / 2);
}

/** (F − 1)/2 keeps width and height at stride 1. */
function keepingSize({ kernelSize, dilation }: LayerWindow): Size | undefined {
  const [d, f] = [pair(dilation), pair(kernelSize)];
  const [vertical, horizontal] = ([0, 1] as const).map((axis) => (d[axis] * (f[axis] - 1)) / 2) as [number, number];
  if (!Number.isInteger(vertical) || !Number.isInteger(horizontal)) return undefined;
  return vertical === horizontal ? vertical : [vertical, horizontal];
}

/** Smaller kernels that have an output, the largest first. */
function kernelSizes(input: Volume, window: LayerWindow): readonly Size[] {
  const own = pair(window.kernelSize);
  const clipped = (most: number): Size => {
    const [height, width] = [Math.min(own[0], most), Math.min(own[1], most)];
    return height === width ? height : [height, width];
  };
  const sizes: Size[] = [];
  // No side of a kernel that fits is longer than the padded input.
  const { height, width } = fitWindow(input, window);
  const longest = Math.max(...[height, width].map(({ n, pads }) => n + pads[0] + pads[1]));
  for (let most = Math.min(Math.max(...own) - 1, longest); most >= 1 && sizes.length < MAX_PROPOSALS; most--) {
    const size = clipped(most);
    if (fits(input, { ...window, kernelSize: size })) sizes.push(size);
  }
  const common = COMMON_SIZES.map(clipped).filter((size) => fits(input, { ...window, kernelSize: size }));
  return distinct([...sizes, ...common]);
}

function distinct<V extends Padding>(values: readonly V[]): readonly V[] {
  return [...new Map(values.map((value) => [String(value), value])).values()];
}
