import { toFileName } from '#core/project/file-name.ts';
import { changesSince } from '#core/weights/changes.ts';
import { describeTransfer } from '#core/weights/describe.ts';
import { transferWeights } from '#core/weights/transfer.ts';
import { type CompiledDesign, readDesign } from '../../training/compiled-design.ts';
import type { AppHandlers } from './define.ts';

export const modelHandlers: AppHandlers<'models'> = ({ platform, data, runs, scheduler, training }) => {
  /** The run asked for, or the latest run of a design, where it has weights. */
  const runWithWeights = async ({ design }: CompiledDesign, asked: string | undefined) => {
    const candidates =
      asked === undefined
        ? (await runs.all()).filter(({ parts }) => design.id !== undefined && parts.design.id === design.id)
        : [await runs.find(asked)];
    return candidates.find((record) => scheduler.weightsOf(record) !== undefined);
  };
  return {
    'models.weights': async ({ design: text, run }) => {
      const current = readDesign(text);
      const record = await runWithWeights(current, run);
      if (record === undefined) return { run: null, steps: 0, layers: [], changes: [] };
      const trained = readDesign(record.parts.text);
      const transfer = transferWeights(trained.report, current.report);
      return {
        run: record.id,
        steps: scheduler.trainedSteps(record),
        layers: describeTransfer(transfer),
        changes: [...changesSince(toPlaced(trained), toPlaced(current))],
      };
    },
    'models.export': async ({ design: text, data: reference, run }) => {
      const { design } = readDesign(text);
      const weights = run === null ? undefined : scheduler.weightsOf(await runs.find(run));
      const target = await platform.exportTarget(`${toFileName(design.name)}.onnx`);
      if (target === null) return null;
      const source = reference === undefined ? undefined : await data.source(reference);
      const receipt = await training.call('model.export', {
        design: text,
        path: target.path,
        ...(source && { source }),
        ...(weights && { weights }),
      });
      return { receipt, download: target.download };
    },
  };
};

function toPlaced({ design, report }: CompiledDesign) {
  return { network: design.network, report };
}
