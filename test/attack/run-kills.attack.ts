import { killCheckpoints, killStarts } from './run-kills.ts';
import type { Outcome } from './table.ts';

export const title = 'training processes killed while they write';

export async function run(): Promise<readonly Outcome[]> {
  return [await killCheckpoints(50), await killStarts(50)];
}
