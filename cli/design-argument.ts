import { readFile } from 'node:fs/promises';
import type { Design } from '#core/project/design.ts';
import { parseDesign } from '#core/project/design-file.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { UsageError } from './usage-error.ts';

/** The design that a word on the command line names: a template's id, or a file. */
export async function readDesignArgument(word: string | undefined): Promise<Design> {
  const ids = TEMPLATES.map((template) => template.id).join(', ');
  if (word === undefined) throw new UsageError(`Name a design file or a template: ${ids}.`);
  const template = findTemplate(word);
  if (template !== undefined) return template.create();
  let text: string;
  try {
    text = await readFile(word, 'utf8');
  } catch {
    throw new UsageError(`"${word}" is neither a file that can be read nor a template (${ids}).`);
  }
  return parseDesign(text);
}
