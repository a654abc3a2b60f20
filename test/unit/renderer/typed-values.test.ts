/** Reading what is typed into number fields, and the values of curves. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatChannelNumbers, readChannelNumbers } from '#renderer/inspector/channel-numbers.ts';
import { describeValues, moveOnCurve, valuesAt } from '#renderer/training/curve-values.ts';
import { readNumber, stepNumber } from '#renderer/ui/numbers.ts';

const WHOLE = { min: 1, max: 1024, whole: true };
const REAL = { min: 0, max: 100, whole: false };

describe('readNumber', () => {
  it.each([
    ['5', 5],
    [' 5 ', 5],
    ['+5', 5],
    ['007', 7],
    ['5.0', 5],
    ['1e3', 1000],
  ])('takes "%s" for the whole number %s', (text, value) => expect(readNumber(text, WHOLE)).toEqual({ value }));

  it.each([
    ['0.5', 0.5],
    ['0,5', 0.5],
    [',5', 0.5],
    ['2.', 2],
    ['1e-4', 1e-4],
    ['1,5E-3', 1.5e-3],
    ['1.125', 1.125],
    ['0,125', 0.125],
  ])('takes "%s" for the number %s', (text, value) => expect(readNumber(text, REAL)).toEqual({ value }));

  it.each([
    '',
    ' ',
    '2.5',
    '999999999',
    '0',
    '-1',
    '2.5.1',
    '1e',
    '12abc',
    '1 000',
    '0x10',
    'Infinity',
    'NaN',
    '١٢',
    '1,5',
    '--1',
  ])('refuses "%s" as a whole number from 1 to 1024', (text) =>
    expect(readNumber(text, WHOLE)).toEqual({ refusal: 'Type a whole number from 1 to 1024.' }),
  );

  it('refuses what may be a thousand or a one', () => {
    expect(readNumber('1,000', WHOLE)).toEqual({ refusal: 'Type 1000 or 1: "1,000" may mean both.' });
    expect(readNumber('1.024', WHOLE)).toEqual({ refusal: 'Type 1024, without a separator.' });
    expect(readNumber('1,125', REAL)).toEqual({ refusal: 'Type 1125 or 1.125: "1,125" may mean both.' });
  });

  it('reads back every number that the program writes, whatever it is', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (value) => {
        expect(readNumber(String(value), REAL)).toEqual({ value: value === 0 ? expect.closeTo(0) : value });
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1024 }), (value) => {
        expect(readNumber(String(value), WHOLE)).toEqual({ value });
      }),
    );
  });

  it('takes a number or refuses the text, and never takes another number than the text says', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9.,e+\- ]{0,8}$/), (text) => {
        const { value } = readNumber(text, WHOLE) as { value?: number };
        if (value === undefined) return;
        expect(Number.isInteger(value) && value >= 1 && value <= 1024, text).toBe(true);
        expect(Number(text.trim().replace(',', '.')), text).toBe(value);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('stepNumber', () => {
  it.each([
    [5, 1, WHOLE, 6],
    [5, -10, WHOLE, 1],
    [1020, 10, WHOLE, 1024],
    [0.02, 1, REAL, 0.03],
    [0.1, 1, REAL, 0.2],
    [0.3, -1, REAL, 0.2],
    [1e-5, 1, REAL, 2e-5],
    [10, 1, REAL, 11],
    [0, 1, REAL, 1],
    [0, 1, { min: 0, max: 0.5, whole: false }, 0.001],
    [0.001, -1, REAL, 0],
  ])('leads from %s by %s within %o to %s', (value, by, limits, to) => expect(stepNumber(value, by, limits)).toBe(to));
});

describe('readChannelNumbers', () => {
  it.each([
    ['255', 255],
    ['123,7; 116,3; 103,5', [123.7, 116.3, 103.5]],
    ['123.7, 116.3, 103.5', [123.7, 116.3, 103.5]],
    ['123.7,116.3,103.5', [123.7, 116.3, 103.5]],
    ['123,7 116,3 103,5', [123.7, 116.3, 103.5]],
    ['1,2,3', [1, 2, 3]],
    ['1, 2', [1, 2]],
    ['0.5,', 0.5],
  ])('reads "%s"', (text, value) => expect(readChannelNumbers(text, true)).toEqual({ value }));

  it('refuses what may be one number or two, what is none, and what is not above 0 where it has to be', () => {
    expect(readChannelNumbers('0,5', true)).toEqual({ refusal: 'Type 0.5 or 0, 5: "0,5" may mean both.' });
    for (const text of ['', '12abc', '1; x', '1.2.3']) {
      expect(readChannelNumbers(text, false).refusal, text).toMatch(/^Type one number/);
    }
    expect(readChannelNumbers('1, 0', true)).toEqual({ refusal: 'Type numbers above 0.' });
    expect(readChannelNumbers('1, 0', false)).toEqual({ value: [1, 0] });
  });

  it('reads back what it writes', () => {
    const one = fc.double({ min: -1000, max: 1000, noNaN: true }).map((value) => value + 0);
    fc.assert(
      fc.property(fc.oneof(one, fc.array(one, { minLength: 2, maxLength: 4 })), (value) => {
        expect(readChannelNumbers(formatChannelNumbers(value), false)).toEqual({ value });
      }),
    );
  });
});

describe('the values of a curve', () => {
  const data = { steps: [1, 2, 3, 4], training: [0.9, 0.8, 0.7, 0.6], validation: [null, 0.75, null, null] };

  it('are those of the step, and of the last validation up to there', () => {
    expect(valuesAt(data, 0)).toEqual({ step: 1, training: 0.9, validation: undefined });
    expect(valuesAt(data, 3)).toEqual({ step: 4, training: 0.6, validation: { step: 2, value: 0.75 } });
    expect(valuesAt(data, 4)).toBeUndefined();
    expect(describeValues(valuesAt(data, 2)!, String)).toBe('step 3: training 0.7, validation 0.75 at step 2');
  });

  it('are reached by keys, and no further than there are any', () => {
    expect(moveOnCurve('ArrowLeft', 0, 100)).toBe(0);
    expect(moveOnCurve('ArrowRight', 98, 100)).toBe(99);
    expect(moveOnCurve('PageUp', 95, 100)).toBe(99);
    expect(moveOnCurve('Home', 50, 100)).toBe(0);
    expect(moveOnCurve('a', 50, 100)).toBeUndefined();
  });
});
