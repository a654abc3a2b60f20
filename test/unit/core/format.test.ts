import { describe, expect, it } from 'vitest';
import { formatBytes, formatGrowth, formatSigned, formatWhole } from '#core/format.ts';

describe('a difference', () => {
  it.each([
    [1234, '+1,234'],
    [-1234, '−1,234'],
    [0, '0'],
    [-0, '0'],
  ])('%d as %s', (value, text) => {
    expect(formatSigned(value, formatWhole)).toBe(text);
  });

  it('has the sign before the unit', () => {
    expect(formatSigned(-1_500_000, formatBytes)).toBe('−1.50 MB');
  });
});

describe('growth', () => {
  it.each([
    [100, 102, '+2.00 %'],
    [100, 50, '−50.00 %'],
    [100, 999, '+899.00 %'],
    [100, 1000, '×10'],
    [1, 1012, '×1,012'],
    [100, 11, '−89.00 %'],
    [100, 10, '÷10'],
    [5000, 2, '÷2,500'],
    [5, 0, '−100.00 %'],
  ])('from %d to %d is %s', (before, after, text) => {
    expect(formatGrowth(before, after)).toBe(text);
  });

  it('is not told of nothing, nor where there is none', () => {
    expect(formatGrowth(0, 5)).toBeUndefined();
    expect(formatGrowth(5, 5)).toBeUndefined();
  });
});
