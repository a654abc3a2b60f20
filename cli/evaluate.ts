import { resolve } from 'node:path';
import type { OutputOf } from '#contract/define.ts';
import type { EngineContract } from '#contract/engine.ts';
import { formatLoss, formatPercent, formatWhole } from '#core/format.ts';
import { lossDefinition } from '#core/training/losses/index.ts';
import { DATA_OPTIONS, readDataArgument } from './data-argument.ts';
import { withEngine } from './engine.ts';
import { parseOptions, rangeOption } from './options.ts';
import { UsageError } from './usage-error.ts';

type Evaluation = OutputOf<EngineContract, 'model.evaluate'>;

/** `evaluate <model.onnx> --data …`: loss and accuracy of an exported model on held-back pictures. */
export async function evaluate(args: readonly string[]): Promise<number> {
  const { values, words } = parseOptions(
    args,
    {
      json: { type: 'boolean' },
      ...DATA_OPTIONS,
      range: { type: 'string' },
      'validate-range': { type: 'string' },
    },
    1,
  );
  if (words[0] === undefined) throw new UsageError('Name the model: evaluate model.onnx --data …');
  const path = resolve(words[0]);
  const source = readDataArgument(values);
  const range = rangeOption('range', values.range) ?? rangeOption('validate-range', values['validate-range']);
  const result = await withEngine((engine) => engine.call('model.evaluate', { path, source, ...(range && { range }) }));
  console.log(values.json ? JSON.stringify(result) : toText(result));
  return 0;
}

function toText({ loss, lossKind, lossFrom, accuracy, count, imagesPerSecond }: Evaluation): string {
  const mean = loss === null ? "infinite (an image's class has a probability of 0)" : formatLoss(loss);
  const speed = formatWhole(Math.round(imagesPerSecond));
  const { label } = lossDefinition(lossKind);
  const from = lossFrom === 'file' ? 'as the file says' : 'assumed: the file does not say what it was trained with';
  return [
    `accuracy ${formatPercent(accuracy)}, loss ${mean} over ${count} images (${speed} images/s)`,
    `loss: ${label}, ${from}`,
  ].join('\n');
}
