/** How many threads training takes on the CPU. */
import { describe, expect, it } from 'vitest';
import { THREADS_VARIABLE, threadOptions } from '#main/training/backends/threads.ts';

describe(THREADS_VARIABLE, () => {
  it.each(['', ' '])('says nothing where it is %j', (text) => {
    expect(threadOptions(text)).toEqual({});
  });

  it.each([
    ['1', 1],
    ['64', 64],
  ])('%s', (text, intraOpNumThreads) => {
    expect(threadOptions(text)).toEqual({ intraOpNumThreads });
  });

  it.each(['0', '-1', '1.5', 'many', '1e9'])('refuses %s', (text) => {
    expect(() => threadOptions(text)).toThrow(`CONVCANVAS_THREADS needs a whole number from 1 to 1024, got "${text}".`);
  });
});
