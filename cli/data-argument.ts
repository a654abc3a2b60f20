import { resolve } from 'node:path';
import type { DataSource } from '#contract/engine.ts';
import { UsageError } from './usage-error.ts';

const BUILT_IN = 'builtin:';

/** The data set that --data names: a folder, or builtin:digits. */
export function readDataArgument(word: string | undefined): DataSource {
  if (word === undefined) throw new UsageError('--data needs a folder of IDX files, or builtin:digits.');
  if (!word.startsWith(BUILT_IN)) return { type: 'folder', path: resolve(word) };
  if (word === `${BUILT_IN}digits`) return { type: 'digits' };
  throw new UsageError(`There is no built-in data set "${word.slice(BUILT_IN.length)}"; there is builtin:digits.`);
}
