import type { Outcome } from './table.ts';
import { killCreations, killRewrites } from './write-kills.ts';

export const title = 'processes killed while they write';

export async function run(): Promise<readonly Outcome[]> {
  return [await killRewrites(200), await killCreations(200)];
}
