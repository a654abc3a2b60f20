/** Words on the command line that are not what they should be. */
import { describe, expect, it } from 'vitest';
import { readDesignArgument } from '#cli/design-argument.ts';
import { rangeOption, wholeOption } from '#cli/options.ts';

describe('words on the command line', () => {
  it.each(['constructor', '__proto__', 'toString'])('pattern:%s=1 names no field', async (name) => {
    await expect(readDesignArgument(`pattern:${name}=1`)).rejects.toThrow(`pattern has no "${name}"; it has n,`);
  });

  it('whole numbers are those that can be told apart', () => {
    expect(() => wholeOption('steps', '1e308', 1)).toThrow('--steps needs a whole number from 1, got "1e308".');
    expect(wholeOption('steps', '9007199254740991', 1)).toBe(2 ** 53 - 1);
    expect(() => rangeOption('range', '0:99999999999999999999')).toThrow('ends behind every image there can be');
  });
});
