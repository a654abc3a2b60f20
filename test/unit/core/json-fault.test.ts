import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '#core/project/json-fault.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('where a text stops being JSON', () => {
  it.each([
    ['', 0],
    ['  nul', 2],
    ['[1, 2', 5],
    ['[1, ]', 4],
    ['{"a" 1}', 5],
    ['{"a": 1,}', 8],
    ['{"a": "\\x"}', 7],
    ['"open', 5],
    ['[1] 2', 4],
    ['"a\nb"', 2],
    ['01', 1],
  ])('%j: %d', (text, at) => {
    expect(jsonFault(text)).toBe(at);
  });

  it('is nowhere in JSON, and somewhere in every other text', () => {
    const piece = fc.constantFrom(
      ...'{}[],:"\\',
      ' ',
      '\n',
      '0',
      '-1.5e3',
      'true',
      'null',
      '"a"',
      '"\\u00e9"',
      'é',
      '\u2028',
    );
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (one) => (jsonFault(one) === undefined) === isJson(one)),
      { numRuns: 20_000 },
    );
    fc.assert(fc.property(fc.json(), (one) => jsonFault(one) === undefined));
  });

  it('is found in a text of millions of characters', () => {
    const long = `["${'\\n'.repeat(2e6)}", ${'1,'.repeat(1e6)} x]`;
    expect(jsonFault(long)).toBe(long.length - 2);
  });
});
