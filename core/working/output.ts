import { type AxisFit, fitMessage } from '../fit.ts';
import { formatWhole } from '../format.ts';
import { layerDefinition } from '../layers/index.ts';
import type { LayerReport } from '../network/report.ts';
import { formatVolume, isVolume, type Shape, sameShape } from '../shape.ts';
import type { Step } from './working.ts';

/** One axis of a window's output. */
function axisStep(side: 'W' | 'H', axis: AxisFit): Step {
  const { n, reach, dilation, stride, pads, formula, out, status } = axis;
  const [begin, end] = pads;
  const symmetric = begin === end;
  const taps = (reach - 1) / dilation + 1;
  const window = dilation === 1 ? 'F' : '(D(F − 1) + 1)';
  const windowValue = dilation === 1 ? String(reach) : `(${dilation}·(${taps} − 1) + 1)`;
  const whole = `(${side}₁ − ${window} + ${symmetric ? '2P' : 'P₁ + P₂'})/S + 1`;
  const values = `(${n} − ${windowValue} + ${symmetric ? `2·${begin}` : `${begin} + ${end}`})/${stride} + 1`;
  const rounded = status === 'floors' ? `⌊${values}⌋ = ⌊${Number(formula.toFixed(3))}⌋` : values;
  return { formula: `${side}₂ = ${status === 'floors' ? `⌊${whole}⌋` : whole}`, values: rounded, result: String(out) };
}

/** How a layer's output volume follows from its input. */
export function outputSteps(report: LayerReport): readonly Step[] {
  const { fit, shape, inputShapes, layer } = report;
  const definition = layerDefinition(layer.kind);
  const inputs = inputShapes.filter((one) => one !== undefined);
  if (fit !== undefined) {
    const steps = [axisStep('W', fit.width), axisStep('H', fit.height)];
    return shape === undefined ? steps : [...steps, depthStep(report, shape)];
  }
  if (shape === undefined) return [];
  const own = definition?.outputSteps?.({ inputs, fields: layer.fields as never, output: shape });
  if (own !== undefined) return own;
  const [input] = inputs;
  if (input !== undefined && sameShape(input, shape)) {
    return [{ formula: 'the volume of its input', values: formatVolume(input), result: formatVolume(shape) }];
  }
  return [{ formula: 'as it is set', values: '', result: formatVolume(shape) }];
}

function depthStep({ layer, inputShapes }: LayerReport, shape: Shape): Step {
  const depth = String(shape[0]);
  const filters = layer.fields['filters'];
  if (filters !== undefined) return { formula: 'D₂ = K', values: '', result: depth };
  const multiplier = layer.fields['depthMultiplier'];
  if (multiplier === undefined) return { formula: 'D₂ = D₁', values: '', result: depth };
  const [input] = inputShapes;
  return { formula: 'D₂ = D₁ × filters a channel', values: `${input?.[0]} × ${multiplier}`, result: depth };
}

/** What is to be said of a volume besides its formula. */
export function outputRemarks({ fit, shape }: LayerReport): readonly string[] {
  const volume = shape !== undefined && isVolume(shape) ? [`The output volume is ${formatVolume(shape)}.`] : [];
  if (shape !== undefined && !isVolume(shape)) {
    return [`A vector of ${formatWhole(shape[0] ?? 0)} numbers, without width and height.`];
  }
  return fit === undefined || fit.status === 'exact' ? volume : [...volume, fitMessage(fit)];
}
