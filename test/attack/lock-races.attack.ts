import { raceForLocks, raceForRuns, raceWithKills } from './lock-races.ts';
import type { Outcome } from './table.ts';

export const title = 'processes that want the same lock, and the same run, at once';

export async function run(): Promise<readonly Outcome[]> {
  return [await raceForLocks(1000), await raceWithKills(300), await raceForRuns(100)];
}
