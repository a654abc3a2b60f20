import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ceilingOut,
  fitAxis,
  fitFixes,
  fitMessage,
  fitWindow,
  formulaText,
  readPixels,
  type Window,
} from '#core/fit.ts';

/** Positions of a window, counted by sliding it. */
function slide(n: number, f: number, s: number, p: number, d: number): { count: number; last: number } {
  const reach = d * (f - 1) + 1;
  let [count, last] = [0, -1];
  for (let at = 0; at + reach <= n + 2 * p; at += s) {
    count += 1;
    last = at + reach - 1;
  }
  return { count, last };
}

/** CONV's rule. */
const maxPadding = (reach: number) => reach - 1;

const axis = {
  n: fc.integer({ min: 1, max: 64 }),
  f: fc.integer({ min: 1, max: 11 }),
  s: fc.integer({ min: 1, max: 5 }),
  p: fc.integer({ min: 0, max: 5 }),
  d: fc.integer({ min: 1, max: 3 }),
};

describe('fitAxis', () => {
  it('counts what sliding the window counts', () => {
    fc.assert(
      fc.property(axis.n, axis.f, axis.s, axis.p, axis.d, (n, f, s, p, d) => {
        const fit = fitAxis(n, f, s, p, d);
        const { count, last } = slide(n, f, s, p, d);
        expect(fit.out).toBe(count);
        expect(fit.status === 'impossible').toBe(count === 0);
        if (count > 0) {
          expect(fit.unused).toBe(n + 2 * p - 1 - last);
          expect(fit.status).toBe(fit.unused === 0 ? 'exact' : 'floors');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps ⌈n / s⌉ outputs with "same", the odd zero at the end', () => {
    fc.assert(
      fc.property(axis.n, axis.f, axis.s, axis.d, (n, f, s, d) => {
        const fit = fitAxis(n, f, s, 'same', d);
        expect(fit.out).toBe(Math.ceil(n / s));
        expect(fit.pads[1] - fit.pads[0]).toBeGreaterThanOrEqual(0);
        expect(fit.pads[1] - fit.pads[0]).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('every window of the grid W ≤ 64, F ≤ 11, S ≤ 5, P ≤ 5', () => {
  /** What PyTorch gives: test/fixtures/pytorch/record_window_fit.py. */
  const { rows } = JSON.parse(
    readFileSync(new URL('../../fixtures/pytorch/window-fit.json', import.meta.url), 'utf8'),
  ) as { rows: readonly { f: number; s: number; p: number; floor: number[]; ceil?: number[] }[] };
  const all = rows.flatMap(({ f, s, p, floor, ceil }) =>
    floor.map((out, i) => ({ n: i + 1, f, s, p, out, ceil: ceil?.[i] })),
  );

  it('has as many positions as in PyTorch, rounded down and rounded up', () => {
    expect(all).toHaveLength(64 * 11 * 5 * 6);
    const different = all.filter(({ n, f, s, p, out, ceil }) => {
      const fit = fitAxis(n, f, s, p);
      return fit.out !== out || (ceil !== undefined && ceilingOut(fit) !== ceil);
    });
    expect(different).toEqual([]);
  });

  it('is exact just where both rules agree and every padded pixel is reached', () => {
    const wrong = all.filter(({ n, f, s, p, out }) => {
      const fit = fitAxis(n, f, s, p);
      const last = (out - 1) * s + f - 1;
      return (fit.status === 'exact') !== (out > 0 && last === n + 2 * p - 1);
    });
    expect(wrong).toEqual([]);
  });

  it('is offered changes that are exact, and as many rows never read as are drawn', () => {
    let offered = 0;
    for (const { n, f, s, p } of all) {
      const window: Window = { kernelSize: f, strides: s, padding: p, dilation: 1, maxPadding };
      for (const { field, value } of fitFixes([1, n, n], window)) {
        offered += 1;
        const fixed = fitWindow([1, n, n], { ...window, [field]: value });
        if (fixed.status !== 'exact') expect.fail(`${field} ${value} for ${JSON.stringify({ n, f, s, p })}`);
      }
      const fit = fitAxis(n, f, s, p);
      const read = readPixels(fit);
      if (read.length !== n + 2 * p) expect.fail(`${read.length} pixels for ${JSON.stringify({ n, f, s, p })}`);
      const behind = fit.out === 0 ? 0 : read.length - 1 - read.lastIndexOf(true);
      if (behind !== fit.unused) expect.fail(`${behind} unread for ${JSON.stringify({ n, f, s, p })}`);
    }
    expect(offered).toBeGreaterThan(1000);
  });

  it('leaves gaps where the stride is longer than the window, and between the taps of a dilated one', () => {
    const marks = (read: readonly boolean[]) => read.map((one) => (one ? '#' : '.')).join('');
    expect(marks(readPixels(fitAxis(7, 2, 3, 0)))).toBe('##.##..');
    expect(marks(readPixels(fitAxis(7, 2, 4, 0, 2)))).toBe('#.#.#.#');
    expect(marks(readPixels(fitAxis(3, 5, 1, 0)))).toBe('...');
  });
});

describe('fitFixes', () => {
  const square = (kernelSize: number, strides: number, padding: number): Window => ({
    kernelSize,
    strides,
    padding,
    dilation: 1,
    maxPadding,
  });

  it('offers changes that fit exactly, and nothing where the window fits already', () => {
    fc.assert(
      fc.property(axis.n, axis.f, axis.s, axis.p, (n, f, s, p) => {
        const window = square(f, s, p);
        const fixes = fitFixes([1, n, n], window);
        if (fitWindow([1, n, n], window).status === 'exact') expect(fixes).toEqual([]);
        for (const { field, value } of fixes) {
          expect(fitWindow([1, n, n], { ...window, [field]: value }).status).toBe('exact');
          if (field === 'padding') expect(value).toBeLessThan(f);
        }
      }),
    );
  });

  it('offers padding and a smaller kernel for a window larger than its input', () => {
    const fixes = fitFixes([1, 4, 4], square(5, 1, 0));
    expect(fixes).toEqual([
      { field: 'padding', value: 1 },
      { field: 'kernelSize', value: 4 },
    ]);
  });
});

describe('what is said of a fit', () => {
  const window = { kernelSize: 3, strides: 3, padding: 0, dilation: 1 };

  it('gives the formula with its numbers', () => {
    expect(formulaText(fitAxis(7, 3, 3, 0))).toBe('(7 − 3 + 2·0)/3 + 1 = 2.33');
  });

  it('never rounds a fraction to a whole number, and writes a minus', () => {
    // (1026 − 3)/1024 + 1 = 1.99902…
    expect(formulaText(fitAxis(1026, 3, 1024, 0))).toBe('(1026 − 3 + 2·0)/1024 + 1 = 1.999');
    expect(formulaText(fitAxis(28, 50, 1, 2))).toBe('(28 − 50 + 2·2)/1 + 1 = −17');
    expect(formulaText(fitAxis(28, 50, 4, 2))).toBe('(28 − 50 + 2·2)/4 + 1 = −3.50');
  });

  it('has the window of a dilated kernel, and both pads where they differ', () => {
    const dilated = fitWindow([1, 28, 28], { ...window, kernelSize: 3, strides: 1, dilation: 2 });
    expect(fitMessage(dilated)).toBe(
      'Fits exactly: (N − (D(F − 1) + 1) + 2P)/S + 1 = (28 − (2·(3 − 1) + 1) + 2·0)/1 + 1 = 24.',
    );
    const uneven = fitWindow([1, 5, 5], { ...window, kernelSize: 2, strides: 1, padding: 'same' });
    expect(fitMessage(uneven)).toBe('Fits exactly: (N − F + P₁ + P₂)/S + 1 = (5 − 2 + 0 + 1)/1 + 1 = 5.');
  });

  it('names the axis too where only the strides differ', () => {
    const fit = fitWindow([1, 8, 8], { ...window, kernelSize: 2, strides: [2, 4] });
    expect(fitMessage(fit)).toMatch(/^Rounded down to 2: width: /);
  });

  it('says that there is too much padding where there is, and no volume', () => {
    const fit = fitWindow([1, 28, 28], { ...window, kernelSize: 5, strides: 1, padding: 1000, maxPadding });
    expect(fit).toMatchObject({ status: 'impossible', height: { out: 0, formula: 2024, cause: 'too-much-padding' } });
    expect(fitMessage(fit)).toBe('A window that reaches over 5 pixels takes at most 4 of padding, got 1000.');
    expect(ceilingOut(fit.height)).toBe(0);
  });

  it('names the pixels that are never read', () => {
    const message = fitMessage(fitWindow([1, 7, 7], window));
    expect(message).toContain('Rounded down to 2');
    expect(message).toContain('the last padded row and column is never read');
  });

  it('names the axis that fits worse where they differ', () => {
    const message = fitMessage(fitWindow([1, 9, 8], window));
    expect(message).toMatch(/width: .*8 − 3.*the last 2 padded columns are never read/);
  });

  it('says why a window cannot fit', () => {
    const message = fitMessage(fitWindow([1, 4, 4], { ...window, kernelSize: 5, strides: 1 }));
    expect(message).toContain('reaches over 5 pixels, the padded input has 4');
  });
});
