import { extname, resolve } from 'node:path';
import { drawDiagram } from '#core/diagram/diagram.ts';
import { DEFAULT_DIAGRAM, DIAGRAM_CHOICES } from '#core/diagram/options.ts';
import { formatWhole } from '#core/format.ts';
import { propagate } from '#core/network/propagate.ts';
import { checkOutput } from '#disk/check-output.ts';
import { writeFileAtomic } from '#disk/write-file.ts';
import { readDesignArgument } from './design-argument.ts';
import { choiceOption, parseOptions } from './options.ts';
import { UsageError } from './usage-error.ts';

/** `diagram <file|template> --out figure.svg [--style …]`: the drawn network as a figure. */
export async function diagram(args: readonly string[]): Promise<number> {
  const { values, words } = parseOptions(
    args,
    {
      out: { type: 'string', short: 'o' },
      style: { type: 'string' },
      theme: { type: 'string' },
      direction: { type: 'string' },
      blocks: { type: 'string' },
      'no-fold': { type: 'boolean' },
      'no-wrap': { type: 'boolean' },
      json: { type: 'boolean' },
    },
    1,
  );
  const options = {
    style: choiceOption('style', values.style, DIAGRAM_CHOICES.style) ?? DEFAULT_DIAGRAM.style,
    theme: choiceOption('theme', values.theme, DIAGRAM_CHOICES.theme) ?? DEFAULT_DIAGRAM.theme,
    direction: choiceOption('direction', values.direction, DIAGRAM_CHOICES.direction) ?? DEFAULT_DIAGRAM.direction,
    blocks: choiceOption('blocks', values.blocks, DIAGRAM_CHOICES.blocks) ?? DEFAULT_DIAGRAM.blocks,
    fold: values['no-fold'] !== true,
    wrap: values['no-wrap'] !== true,
  };
  const { out } = values;
  if (out === undefined) throw new UsageError('Say where to write: --out figure.svg');
  if (extname(out).toLowerCase() !== '.svg') {
    throw new UsageError(`Diagrams are written as SVG: --out needs a file that ends in .svg, got "${out}".`);
  }
  await checkOutput(resolve(out));
  const { name, network } = await readDesignArgument(words[0]);
  const { svg, width, height } = drawDiagram(name, network, propagate(network), options);
  await writeFileAtomic(resolve(out), svg);
  if (values.json) console.log(JSON.stringify({ path: resolve(out), width, height }));
  else console.log(`${out}: ${formatWhole(width)} × ${formatWhole(height)} pixels`);
  return 0;
}
