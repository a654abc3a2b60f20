/** What the layers with a sliding window share: CONV and the two local POOLs. */
import { type FitFix, fitFixes, fitMessage, fitWindow, type WindowFit } from '../fit.ts';
import { formatVolume, isVolume, pair, type Shape, type Volume } from '../shape.ts';
import type { LayerFix, LayerWindow, ShapeAnswer, ShapeFault } from './define.ts';

const FIX_LABELS: { readonly [F in FitFix['field']]: (value: number) => string } = {
  padding: (value) => `Set padding P to ${value}`,
  kernelSize: (value) => `Set kernel size F to ${value}`,
  strides: (value) => `Set stride S to ${value}`,
};

function fieldFix(window: LayerWindow, { field, value }: FitFix): LayerFix {
  const name = field === 'kernelSize' ? window.sizeField : field;
  return { type: 'fields', label: FIX_LABELS[field](value), fields: { [name]: value } };
}

/** The one-click changes that make a window fit exactly. */
export function windowFixes(volume: Volume, window: LayerWindow): readonly LayerFix[] {
  return fitFixes(volume, window, window).map((fix) => fieldFix(window, fix));
}

/** Output volume of a window over `input`, or why there is none. */
export function windowShape(label: string, input: Shape, window: LayerWindow, channels: number): ShapeAnswer {
  if (!isVolume(input)) return { fault: needsVolume(label, input) };
  const fit = fitWindow(input, window);
  const excess = excessPadding(fit, window);
  if (excess !== undefined) return { fault: excess };
  if (fit.status === 'impossible') {
    const message = `${fitMessage(fit)} Use a smaller kernel or more padding (the input is ${formatVolume(input)}).`;
    return { fault: { code: 'window', message, fixes: windowFixes(input, window) } };
  }
  return { shape: [channels, fit.height.out, fit.width.out] };
}

function excessPadding(fit: WindowFit, window: LayerWindow): ShapeFault | undefined {
  if (window.padding === 'same') return undefined;
  for (const axis of [fit.height, fit.width]) {
    const most = window.maxPadding(axis.reach);
    if (axis.pads[0] > most) {
      return {
        code: 'field',
        message: `A window that reaches over ${axis.reach} pixels takes at most ${most} of padding, got ${axis.pads[0]}.`,
        fixes: [fieldFix(window, { field: 'padding', value: most })],
      };
    }
  }
  return undefined;
}

export function needsVolume(label: string, input: Shape): ShapeFault {
  return {
    code: 'needs-volume',
    message: `${label} needs a volume (width × height × depth), got a vector of ${formatVolume(input)}. Put it before the FLATTEN or FC that makes the vector.`,
  };
}

/** ONNX's window attributes for an input of this shape. */
export function onnxWindow(input: Volume, window: LayerWindow) {
  const { height, width } = fitWindow(input, window);
  return {
    kernel_shape: pair(window.kernelSize),
    strides: [height.stride, width.stride],
    pads: [height.pads[0], width.pads[0], height.pads[1], width.pads[1]],
  };
}
