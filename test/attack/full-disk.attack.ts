import { canMount, fillDisk } from './full-disk.ts';
import type { Outcome } from './table.ts';

export const title = 'a run on a small disk that is full now and then (Linux, where a disk can be mounted)';

export async function run(): Promise<readonly Outcome[]> {
  return canMount() ? [await fillDisk(1), await fillDisk(5)] : [];
}
