import { formatWhole } from '../../format.ts';
import { applyEdit, type Edit, nextId } from '../../network/edits.ts';
import { canvasLayer } from '../../network/expand.ts';
import type { LayerId, Network } from '../../network/network.ts';
import type { Fix } from '../../network/problems.ts';
import type { LayerReport, NetworkReport } from '../../network/report.ts';
import { elements, formatVolume, isVolume } from '../../shape.ts';
import type { Check, Checked } from './define.ts';

/** Classes that a new FC gets where nobody knows how many there are. */
const USUAL_CLASSES = 10;

/** The fields that say how many numbers a layer gives for one place of its output. */
const WIDTH_FIELDS = ['units', 'filters'] as const;

/** The network does not end with one number for each class. */
export const classifier: Check = (checked) => {
  const { data, output } = checked;
  const scores = elements(output.shape);
  const classes = data?.classNames.length;
  const isMap = isVolume(output.shape) && output.shape[1] * output.shape[2] > 1;
  if (isMap && scores !== classes) return [noClassifier(checked)];
  if (data === undefined || classes === undefined || scores === classes) return [];
  const outputs = `${formatWhole(scores)} ${scores === 1 ? 'output' : 'outputs'}`;
  const ends = `${data.name} has ${formatWhole(classes)} ${classes === 1 ? 'class' : 'classes'}; the network ends with ${outputs} (${output.report.layer.name})`;
  const common = { code: 'class-count', layer: canvasLayer(output.id), fixes: widthFixes(checked, classes) } as const;
  if (scores < classes) {
    return [{ ...common, severity: 'error', message: `${ends}. It needs one for each class.` }];
  }
  const message = `${ends}: ${formatWhole(scores - classes)} of them stand for no class. One for each class is what is usually meant.`;
  return [{ ...common, severity: 'warning', message }];
};

function noClassifier({ network, data, output }: Checked) {
  const layer = canvasLayer(output.id);
  const { name } = output.report.layer;
  const units = data?.classNames.length ?? USUAL_CLASSES;
  return {
    code: 'no-classifier',
    severity: 'error',
    layer,
    message: `The network ends with a volume of ${formatVolume(output.shape)} (${name}). To be trained it needs a vector with one score for each class: add FLATTEN, an FC with ${formatWhole(units)} units and SOFTMAX.`,
    fixes: [
      { label: `Add FLATTEN, FC with ${formatWhole(units)} units, SOFTMAX`, edits: headEdits(network, layer, units) },
    ],
  } as const;
}

/** Puts FLATTEN, an FC and SOFTMAX behind a layer. */
function headEdits(network: Network, layer: LayerId, units: number): readonly Edit[] {
  const edits: Edit[] = [];
  let [now, last] = [network, layer];
  for (const kind of ['Flatten', 'Dense', 'Softmax']) {
    const id = nextId(now, kind);
    const added: readonly Edit[] = [
      { type: 'insert-after', layer: last, kind },
      ...(kind === 'Dense' ? [{ type: 'set-fields', layer: id, fields: { units } } as const] : []),
    ];
    edits.push(...added);
    now = added.reduce(applyEdit, now);
    last = id;
  }
  return edits;
}

/** Gives the layer that decides the number of outputs as many as there are classes. */
function widthFixes({ report, output }: Checked, classes: number): readonly Fix[] {
  const found = lastWidth(report, output.report);
  if (found === undefined) return [];
  const { layer, field } = found;
  const what = field === 'units' ? 'units' : 'filters';
  return [
    {
      label: `Give ${layer.layer.name} ${formatWhole(classes)} ${what}`,
      edits: [{ type: 'set-fields', layer: layer.layer.id, fields: { [field]: classes } }],
    },
  ];
}

/** The last layer whose own setting is the number of outputs. One in a block cannot be set from outside. */
function lastWidth(report: NetworkReport, output: LayerReport) {
  const scores = elements(output.shape ?? []);
  const id = report.order.findLast((other) => {
    const fields = report.layers.get(other)?.layer.fields;
    return fields !== undefined && WIDTH_FIELDS.some((name) => typeof fields[name] === 'number');
  });
  const layer = report.layers.get(id ?? '');
  const field = WIDTH_FIELDS.find((name) => layer?.layer.fields[name] === scores);
  if (layer === undefined || field === undefined || canvasLayer(layer.layer.id) !== layer.layer.id) return undefined;
  return { layer, field };
}
