import { type AxisFit, fitMessage, formatRatio, positionsFormula } from '../fit.ts';
import { formatWhole } from '../format.ts';
import { layerDefinition } from '../layers/index.ts';
import type { LayerReport } from '../network/report.ts';
import { formatVolume, isVolume, type Shape, sameShape } from '../shape.ts';
import type { Step } from './working.ts';

/** Decimals of a fraction that is rounded in the next step. */
const DECIMALS = 3;

/** One axis of a window's output. Where there is none, the formula's own result: less than 1, or with too much padding. */
function axisStep(side: 'W' | 'H', axis: AxisFit): Step {
  const { formula, out, status } = axis;
  const { formula: letters, values } = positionsFormula(axis, `${side}₁`);
  const ratio = formatRatio(formula, DECIMALS);
  if (status !== 'floors') return { formula: `${side}₂ = ${letters}`, values, result: ratio };
  return { formula: `${side}₂ = ⌊${letters}⌋`, values: `⌊${values}⌋ = ⌊${ratio}⌋`, result: String(out) };
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

/** What is to be said of a volume besides its formula: the volume, how its window fits, what is wrong. */
export function outputRemarks(report: LayerReport): readonly string[] {
  const { fit, shape, problems } = report;
  if (shape === undefined) return ['There is no output volume.', ...problems.map(({ message }) => message)];
  const volume = isVolume(shape)
    ? `The output volume is ${formatVolume(shape)}.`
    : `A vector of ${formatWhole(shape[0] ?? 0)} numbers, without width and height.`;
  const fits = fit === undefined || fit.status === 'exact' ? [] : [fitMessage(fit)];
  return [volume, ...fits, ...problems.map(({ message }) => message)];
}
