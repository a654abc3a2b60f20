import { resolve } from 'node:path';
import type { DataSource } from '#contract/engine.ts';
import { imageSize } from '#contract/schemas.ts';
import { UsageError } from './usage-error.ts';

const BUILT_IN = 'builtin:';

/** Options that name a data set. */
export const DATA_OPTIONS = { data: { type: 'string' }, 'image-size': { type: 'string' } } as const;

/** The data set that --data names: a folder, or builtin:digits; --image-size is what its pictures are brought to. */
export function readDataArgument(values: {
  readonly data?: string | undefined;
  readonly 'image-size'?: string | undefined;
}): DataSource {
  const { data: word, 'image-size': wanted } = values;
  if (word === undefined) {
    throw new UsageError('--data needs a folder of class folders or IDX files, or builtin:digits.');
  }
  if (!word.startsWith(BUILT_IN)) {
    return { type: 'folder', path: resolve(word), ...(wanted !== undefined && { size: readSize(wanted) }) };
  }
  if (word === `${BUILT_IN}digits`) return { type: 'digits' };
  throw new UsageError(`There is no built-in data set "${word.slice(BUILT_IN.length)}"; there is builtin:digits.`);
}

/** "64" or "48x64" (height x width). */
function readSize(text: string) {
  const match = /^(\d+)(?:[x×](\d+))?$/.exec(text);
  const parsed = imageSize.safeParse({ height: Number(match?.[1]), width: Number(match?.[2] ?? match?.[1]) });
  if (!parsed.success) throw new UsageError(`--image-size needs 1 to 4096 pixels as in 64 or 48x64, got "${text}".`);
  return parsed.data;
}
