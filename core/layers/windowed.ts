/** What the layers with a sliding window share: CONV and the two local POOLs. */
import { fitMessage, fitWindow, type WindowFit } from '../fit.ts';
import { formatVolume, isVolume, pair, type Shape, type Volume } from '../shape.ts';
import type { LayerWindow, ShapeAnswer, ShapeFault } from './define.ts';
import { proposals } from './window-fixes.ts';

/** Output volume of a window over `input`, or why there is none. */
export function windowShape(label: string, input: Shape, window: LayerWindow, channels: number): ShapeAnswer {
  if (!isVolume(input)) return { fault: needsVolume(label, input) };
  const fit = fitWindow(input, window);
  if (fit.status === 'impossible') return { fault: impossibleFit(input, window, fit) };
  return { shape: [channels, fit.height.out, fit.width.out] };
}

function impossibleFit(input: Volume, window: LayerWindow, fit: WindowFit): ShapeFault {
  const tooLarge = [fit.height, fit.width].some(({ cause }) => cause === 'window-too-large');
  const fixes = proposals(input, window, tooLarge);
  if (!tooLarge) return { code: 'field', message: fitMessage(fit), fixes };
  const message = `${fitMessage(fit)} Use a smaller kernel or more padding (the input is ${formatVolume(input)}).`;
  return { code: 'window', message, fixes };
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
