import { fitMessage, type WindowFit, worseAxis } from '#core/fit.ts';
import { formatBytes, formatWhole } from '#core/format.ts';
import { activationBytes, trainingBytes } from '#core/network/costs.ts';
import type { Network } from '#core/network/network.ts';
import { offeredFixes } from '#core/network/offered-fixes.ts';
import { type LayerReport, type NetworkReport, propagate } from '#core/network/propagate.ts';
import { fieldSides } from '#core/network/receptive-field.ts';
import type { Design } from '#core/project/design.ts';
import { volumeText } from '#core/shape.ts';
import { slotCount } from '#core/training/optimizers/index.ts';
import { readDesignArgument } from './design-argument.ts';
import { parseOptions, wholeOption } from './options.ts';
import { formatTable } from './table.ts';

/** `inspect <file|template> [--json] [--batch N]`: shapes, costs and problems of a design. */
export async function inspect(args: readonly string[]): Promise<number> {
  const { values, words } = parseOptions(args, { json: { type: 'boolean' }, batch: { type: 'string' } }, 1);
  const design = await readDesignArgument(words[0]);
  const batch = wholeOption('batch', values.batch, 1) ?? design.training.batchSize;
  const report = propagate(design.network);
  const slots = slotCount(design.training.optimizer);
  const text = values.json
    ? JSON.stringify(toJson(design.network, report, batch, slots), null, 2)
    : toText(design, report, batch, slots);
  console.log(text);
  return report.problems.length > 0 ? 1 : 0;
}

function fitJson(fit: WindowFit) {
  const { axis } = worseAxis(fit);
  const { out, formula, unused } = axis;
  return { status: fit.status, out, formula, unused, message: fitMessage(fit), height: fit.height, width: fit.width };
}

function fieldJson({ receptiveField }: LayerReport) {
  if (receptiveField === undefined) return null;
  const [height, width] = fieldSides(receptiveField);
  return height === width ? height : [height, width];
}

function toJson(network: Network, report: NetworkReport, batch: number, slots: number) {
  const name = (id: string | undefined) => (id === undefined ? null : (report.layers.get(id)?.layer.name ?? id));
  return {
    problems: report.problems.map((problem) => ({
      code: problem.code,
      layer: name(problem.layer),
      message: problem.message,
      fixes: offeredFixes(network, report, problem).map((fix) => fix.label),
    })),
    layers: report.order.map((id) => {
      const layer = report.layers.get(id) as LayerReport;
      const { weights, params, macs } = layer.costs;
      return {
        name: layer.layer.name,
        kind: layer.layer.kind,
        outputShape: layer.shape ?? null,
        weights,
        params,
        macs,
        activationBytes: activationBytes(layer.costs),
        receptiveField: fieldJson(layer),
        fit: layer.fit === undefined ? null : fitJson(layer.fit),
      };
    }),
    totals: { ...report.totals, batch, trainingBytes: trainingBytes(report.totals, batch, slots) },
  };
}

function toText(design: Design, report: NetworkReport, batch: number, slots: number): string {
  const rows = report.order.map((id) => {
    const layer = report.layers.get(id) as LayerReport;
    const field = fieldJson(layer);
    return [
      layer.layer.name,
      layer.layer.kind,
      volumeText(layer.shape),
      layer.costs.params,
      layer.costs.macs,
      field === null ? '–' : Array.isArray(field) ? `${field[1]}×${field[0]}` : String(field),
      layer.fit?.status ?? '',
    ] as const;
  });
  const { totals } = report;
  const frozen = totals.params - totals.trainableParams;
  const problems = report.problems.map(({ layer, message }) => {
    const name = layer === undefined ? '' : `${report.layers.get(layer)?.layer.name}: `;
    return `! ${name}${message}`;
  });
  return [
    design.name,
    formatTable(['layer', 'kind', 'volume', 'params', 'MACs', 'field', 'fit'], rows),
    '',
    `${formatWhole(totals.params)} params${frozen === 0 ? '' : `, ${formatWhole(frozen)} of them frozen`}, ${formatWhole(totals.macs)} MACs an image`,
    `${formatBytes(totals.activationBytes)} of activations an image, ${formatBytes(trainingBytes(totals, batch, slots))} to train a batch of ${batch}`,
    ...problems,
  ].join('\n');
}
