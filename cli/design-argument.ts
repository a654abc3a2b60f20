import type { FieldSpecs } from '#core/layers/fields.ts';
import type { Design } from '#core/project/design.ts';
import { MAX_DESIGN_BYTES, parseDesign } from '#core/project/design-file.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { DEFAULT_PATTERN, PATTERN_FIELDS, type Pattern, patternDesign } from '#core/templates/pattern.ts';
import { fileReason, readFileUpTo } from '#disk/regular-file.ts';
import { fieldOption } from './options.ts';
import { UsageError } from './usage-error.ts';

/** The design that a word on the command line names: a template's id, or a file. */
export async function readDesignArgument(word: string | undefined): Promise<Design> {
  const ids = TEMPLATES.map((template) => template.id).join(', ');
  if (word === undefined) throw new UsageError(`Name a design file, a template (${ids}) or pattern:n=2,m=3,k=1.`);
  const template = findTemplate(word);
  if (template !== undefined) return template.create();
  if (word === PATTERN || word.startsWith(`${PATTERN}:`))
    return patternDesign(readPattern(word.slice(PATTERN.length + 1)));
  let text: string;
  try {
    text = String(await readFileUpTo(word, MAX_DESIGN_BYTES));
  } catch (error) {
    throw new UsageError(`"${word}" is neither a file that can be read nor a template (${ids}). ${fileReason(error)}`);
  }
  return parseDesign(text);
}

const PATTERN = 'pattern';

/** "n=2,m=3,k=1,pool=false": what is not named is as by default. */
function readPattern(text: string): Pattern {
  const given = text.split(',').flatMap((part) => {
    if (part.trim() === '') return [];
    const [name = '', value = ''] = part.split('=').map((word) => word.trim());
    const spec = Object.hasOwn(PATTERN_FIELDS, name) ? (PATTERN_FIELDS as FieldSpecs)[name] : undefined;
    if (spec === undefined) {
      throw new UsageError(`pattern has no "${name}"; it has ${Object.keys(PATTERN_FIELDS).join(', ')}.`);
    }
    return [[name, fieldOption(`pattern:${name}`, spec, value)] as const];
  });
  return { ...DEFAULT_PATTERN, ...Object.fromEntries(given) };
}
