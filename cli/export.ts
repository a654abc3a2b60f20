import { resolve } from 'node:path';
import { formatWhole } from '#core/format.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { checkOutput } from '#disk/check-output.ts';
import { readDesignArgument } from './design-argument.ts';
import { withEngine } from './engine.ts';
import { parseOptions, wholeOption } from './options.ts';
import { UsageError } from './usage-error.ts';

/** `export <file|template> -o model.onnx [--seed]`: the network with its first weights, as an ONNX file. */
export async function exportModel(args: readonly string[]): Promise<number> {
  const { values, words } = parseOptions(
    args,
    { output: { type: 'string', short: 'o' }, seed: { type: 'string' }, json: { type: 'boolean' } },
    1,
  );
  const design = await readDesignArgument(words[0]);
  if (values.output === undefined) throw new UsageError('Say where to write: -o model.onnx');
  const seed = wholeOption('seed', values.seed, 0) ?? design.training.seed;
  const text = formatDesign({ ...design, training: { ...design.training, seed } });
  const path = resolve(values.output);
  await checkOutput(path);
  const receipt = await withEngine((engine) => engine.call('model.export', { design: text, path }));
  if (values.json) console.log(JSON.stringify(receipt));
  else {
    const size = formatWhole(receipt.bytes);
    console.log(
      `${values.output}: ${size} bytes, first weights of seed ${seed}; run in ONNX Runtime, it differs by at most ${receipt.maxDifference.toExponential(1)}`,
    );
  }
  return 0;
}
