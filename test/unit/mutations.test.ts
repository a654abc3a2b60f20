/** The short form of `npm run attack mutations`. */
import { describe, expect, it } from 'vitest';
import { attackReader, readerNames } from '../attack/mutations.ts';

/** Every hundredth of the whole attack's inputs, of another seed. */
const PART = 100;
const SEED = 7;

describe('mutated inputs are read or refused in words of the program', () => {
  it.each(readerNames.map(({ name, share }) => [name, Math.ceil(share / PART)] as const))('%s', async (name, end) => {
    const report = await attackReader(name, { seed: SEED, begin: 0, end });
    expect(report.failures).toEqual([]);
    expect(report.tries).toBe(end);
  });
});
