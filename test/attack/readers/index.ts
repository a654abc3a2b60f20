import type { Reader } from './define.ts';
import { designReaders } from './designs.ts';
import { homeReaders } from './home.ts';
import { messageReaders } from './messages.ts';
import { modelReaders } from './models.ts';
import { pictureReaders } from './pictures.ts';
import { runReaders } from './runs.ts';
import { wordReaders } from './words.ts';

export type { Reader } from './define.ts';

/** Everything that reads what it cannot trust. */
export const READERS: readonly Reader[] = [
  ...designReaders,
  ...modelReaders,
  ...pictureReaders,
  ...runReaders,
  ...homeReaders,
  ...messageReaders,
  ...wordReaders,
];
