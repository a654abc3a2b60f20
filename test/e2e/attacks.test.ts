/** The short forms of attacks on what is written; `npm run attack` tries them longer. */
import { describe, expect, it } from 'vitest';
import { canMount, fillDisk } from '../attack/full-disk.ts';
import { raceForLocks, raceForRuns, raceWithKills } from '../attack/lock-races.ts';
import { killCheckpoints, killStarts } from '../attack/run-kills.ts';
import type { Outcome } from '../attack/table.ts';
import { killCreations, killRewrites } from '../attack/write-kills.ts';

const timeout = 590_000;

function expectNothingLost(outcome: Outcome): void {
  expect(outcome).toEqual({ ...outcome, survived: outcome.tries, lost: '' });
}

describe('nothing is lost', () => {
  it('where a process is killed while it replaces a file', { timeout }, async () => {
    expectNothingLost(await killRewrites(15));
  });

  it('where a process is killed while it makes a design', { timeout }, async () => {
    expectNothingLost(await killCreations(15));
  });

  it('where a training process is killed while it writes a checkpoint', { timeout }, async () => {
    expectNothingLost(await killCheckpoints(4));
  });

  it('where a training process is killed while it begins a run', { timeout }, async () => {
    expectNothingLost(await killStarts(4));
  });

  it.skipIf(!canMount())('where the disk is full now and then', { timeout }, async () => {
    expectNothingLost(await fillDisk(3));
  });
});

describe('one at a time', () => {
  it('has a lock that many want, after a kill as well', { timeout }, async () => {
    expectNothingLost(await raceForLocks(20));
    expectNothingLost(await raceWithKills(10));
  });

  it('goes on with a run, of two that resume it at once', { timeout }, async () => {
    expectNothingLost(await raceForRuns(6));
  });
});
