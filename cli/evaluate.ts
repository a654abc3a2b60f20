import { resolve } from 'node:path';
import { formatLoss, formatPercent, formatWhole } from '#core/format.ts';
import { DATA_OPTIONS, readDataArgument } from './data-argument.ts';
import { withEngine } from './engine.ts';
import { parseOptions, rangeOption } from './options.ts';
import { UsageError } from './usage-error.ts';

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
  if (values.json) console.log(JSON.stringify(result));
  else {
    const speed = formatWhole(Math.round(result.imagesPerSecond));
    console.log(
      `accuracy ${formatPercent(result.accuracy)}, loss ${formatLoss(result.loss)} over ${result.count} images (${speed} images/s)`,
    );
  }
  return 0;
}
