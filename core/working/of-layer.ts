import { formatBytes, formatWhole } from '../format.ts';
import { BLOCK } from '../layers/block.ts';
import type { WeightSpec } from '../layers/define.ts';
import { activationBytes, CONVENTIONS, trainingBytes } from '../network/costs.ts';
import { canvasLayer } from '../network/expand.ts';
import type { LayerReport, NetworkReport } from '../network/report.ts';
import { elementCount } from '../onnx/tensor.ts';
import { formatVolume, isVolume } from '../shape.ts';
import { fieldSteps, fieldText } from './field.ts';
import { outputRemarks, outputSteps } from './output.ts';
import { shares } from './shares.ts';
import { slidesOnLayer } from './slides.ts';
import { QUANTITY_NAMES, type Quantity, type Step, type Working } from './working.ts';

/** What a layer's numbers depend on beside the layer. */
export interface Surroundings {
  readonly network: NetworkReport;
  /** The layers that feed it, in the expanded network. */
  readonly feeding: readonly LayerReport[];
  readonly batch: number;
  /** Tensors that the optimizer keeps for each weight. */
  readonly slots: number;
}

interface Found {
  readonly steps: readonly Step[];
  readonly remarks: readonly string[];
}

const WORKINGS: { readonly [Q in Quantity]: (report: LayerReport, around: Surroundings) => Found } = {
  output: (report) => ({ steps: outputSteps(report), remarks: outputRemarks(report) }),
  params: (report) => ({ steps: paramSteps(report), remarks: [CONVENTIONS.params] }),
  macs: (report) => ({ steps: macSteps(report), remarks: [CONVENTIONS.macs] }),
  activations: (report) => ({ steps: activationSteps(report), remarks: [CONVENTIONS.activations] }),
  memory: (report, around) => ({ steps: memorySteps(report, around), remarks: [CONVENTIONS.trainingBytes] }),
  receptiveField: (report, around) => ({
    steps: fieldSteps(report, around.feeding),
    remarks: [CONVENTIONS.receptiveField],
  }),
};

/** Where one number of a layer comes from. */
export function workingOf(report: LayerReport, quantity: Quantity, around: Surroundings): Working {
  return {
    title: `${QUANTITY_NAMES[quantity]} of ${report.layer.name}`,
    ...derivationOf(report, quantity, around),
    slides: slidesOnLayer(report, quantity),
  };
}

function derivationOf(report: LayerReport, quantity: Quantity, around: Surroundings): Found {
  const ownNumber = quantity === 'output' || quantity === 'receptiveField';
  const isBlock = report.layer.kind === BLOCK;
  // What the layers in a block count adds up, whether or not it has a volume.
  if (report.shape === undefined && (ownNumber || !isBlock)) return withoutVolume(report, quantity, around);
  return isBlock ? ofBlock(report, quantity, around) : WORKINGS[quantity](report, around);
}

/** What a layer without an output volume counts for each quantity: nothing. */
const NOTHING: { readonly [Q in Quantity]: string | undefined } = {
  output: undefined,
  params: formatWhole(0),
  macs: formatWhole(0),
  activations: formatWhole(0),
  memory: formatBytes(0),
  receptiveField: undefined,
};

/** Why there is no number; for the volume also how its formula goes, if the layer has a window. */
function withoutVolume(report: LayerReport, quantity: Quantity, { network }: Surroundings): Found {
  const { waitsFor } = report;
  const before = waitsFor === undefined ? undefined : network.layers.get(waitsFor)?.layer.name;
  const remarks = [...outputRemarks(report), ...(before === undefined ? [] : [`It waits for ${before}.`])];
  if (quantity === 'output') return { steps: outputSteps(report), remarks };
  const result = NOTHING[quantity];
  return { steps: result === undefined ? [] : [{ formula: 'no output volume', values: '', result }], remarks };
}

/** A block's numbers follow from those of the layers in it. */
function ofBlock(report: LayerReport, quantity: Quantity, { network, batch, slots }: Surroundings): Found {
  const { id } = report.layer;
  const inside = network.order.flatMap((one) => (canvasLayer(one) === id ? (network.layers.get(one) ?? []) : []));
  if (quantity === 'output') return { steps: outputSteps(report), remarks: outputRemarks(report) };
  if (quantity === 'receptiveField') {
    const { receptiveField: field } = report;
    if (field === undefined) return { steps: [], remarks: [] };
    return {
      steps: [{ formula: 'what its last layer sees', values: '', result: fieldText(field) }],
      remarks: [CONVENTIONS.receptiveField],
    };
  }
  return { steps: shares(inside, report.costs, quantity, batch, slots), remarks: ['The sum of the layers in it.'] };
}

function product(dims: readonly number[]): string {
  return dims.map(formatWhole).join('·');
}

/** In the lectures' letters, what a tensor's dimensions are. */
function tensorFormula({ name, dims }: WeightSpec): string {
  if (name === 'depthwise') return 'F·F filters of depth 1';
  if (dims.length === 4) return '(F·F·D₁)·K';
  if (dims.length === 2) return 'inputs·units';
  return name === 'bias' ? 'K biases' : `${name}: one for each channel`;
}

/** A filter as the lectures write it: (F·F·D)·K. */
function tensorValues({ dims }: WeightSpec): string {
  const [k, ...rest] = dims;
  return dims.length === 4 ? `(${product(rest.toReversed())})·${formatWhole(k ?? 0)}` : product(dims.toReversed());
}

/** What a layer learns: each tensor, and the sum. */
export function paramSteps({ tensors, costs }: LayerReport): readonly Step[] {
  const learned = tensors.filter(({ role }) => role !== 'buffer');
  if (learned.length === 0) return [{ formula: 'nothing to learn', values: '', result: '0' }];
  const each = learned.map((tensor): Step => {
    const count = formatWhole(elementCount(tensor.dims));
    return { formula: tensorFormula(tensor), values: tensorValues(tensor), result: count };
  });
  if (each.length === 1) return each;
  const sum = each.map(({ result }) => result).join(' + ');
  return [...each, { formula: 'params', values: sum, result: formatWhole(costs.params) }];
}

/** Every weight is used once at every position of the output. */
function macSteps({ tensors, costs, shape }: LayerReport): readonly Step[] {
  if (costs.macs === 0) return [{ formula: 'no CONV and no FC', values: '', result: '0' }];
  const weights = tensors.filter(({ role }) => role === 'weight');
  const values = weights.map(tensorValues).join(' + ');
  const all = weights.length > 1 ? `(${values})` : values;
  if (shape === undefined || !isVolume(shape)) {
    return [{ formula: 'inputs·units', values: all, result: formatWhole(costs.macs) }];
  }
  const [, height, width] = shape;
  return [
    {
      formula: 'weights·W₂·H₂: each weight once at every position',
      values: `${all}·${width}·${height}`,
      result: formatWhole(costs.macs),
    },
  ];
}

function activationSteps({ shape, costs }: LayerReport): readonly Step[] {
  const count = formatWhole(costs.activations);
  if (costs.activations === 0) {
    return [{ formula: 'works in place of its input', values: '', result: '0' }];
  }
  const whole: Step =
    shape !== undefined && isVolume(shape)
      ? { formula: 'W·H·D', values: formatVolume(shape).replaceAll('×', '·'), result: count }
      : { formula: 'units', values: '', result: count };
  const bytes = formatBytes(activationBytes(costs));
  return [whole, { formula: '4 bytes each, for one image', values: `4·${count}`, result: bytes }];
}

function memorySteps({ costs }: LayerReport, { batch, slots }: Surroundings): readonly Step[] {
  const [params, activations] = [formatWhole(costs.params), formatWhole(costs.activations)];
  const isFrozen = costs.trainableParams < costs.params;
  const weights: Step = isFrozen
    ? {
        formula: 'weights: 4 bytes·params; frozen, so no gradients and nothing for the optimizer',
        values: `4·${params}`,
        result: formatBytes(4 * costs.params),
      }
    : {
        formula: 'weights, gradients, optimizer: 4 bytes·(2 + s)·params',
        values: `4·(2 + ${slots})·${params}`,
        result: formatBytes(4 * (2 + slots) * costs.params),
      };
  return [
    weights,
    {
      formula: 'activations: 4 bytes·batch·activations',
      values: `4·${formatWhole(batch)}·${activations}`,
      result: formatBytes(batch * activationBytes(costs)),
    },
    { formula: 'together', values: '', result: formatBytes(trainingBytes(costs, batch, slots)) },
  ];
}
