/** The figure of how a window fits: whatever the window and the input, nothing of it leaves the figure. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitWindow, type Window } from '#core/fit.ts';
import { type FitFigure, fitFigure, SIDE } from '#renderer/inspector/fit-figure.ts';

const NEARLY = 1e-6;

function fitted(n: number, window: Partial<Window>, rows = n): FitFigure {
  const whole = { kernelSize: 3, strides: 1, padding: 0, dilation: 1, ...window };
  return fitFigure(fitWindow([1, rows, n], whole));
}

function faults({ width, height, cells, window }: FitFigure): readonly string[] {
  const found: string[] = [];
  if (width > SIDE + NEARLY || height > SIDE + NEARLY) found.push(`the figure is ${width}×${height}`);
  for (const [what, box] of [...cells.map((cell) => [cell.kind, cell] as const), ['window', window] as const]) {
    const isIn =
      box.left > -NEARLY &&
      box.top > -NEARLY &&
      box.left + box.width < width + NEARLY &&
      box.top + box.height < height + NEARLY;
    if (!isIn) found.push(`${what} at ${box.left}, ${box.top} of ${box.width}×${box.height} in ${width}×${height}`);
    if (box.width <= 0 || box.height <= 0) found.push(`${what} has no size`);
  }
  // What the page can draw while somebody types.
  if (cells.length > 2500) found.push(`${cells.length} cells`);
  return found;
}

const SIZES = [1, 2, 3, 5, 7, 11, 19, 20, 21, 30, 50, 99, 224, 1000, 1024];
const PADDINGS = [0, 1, 2, 10, 1000, 'same'] as const;

describe('the figure of a fit', () => {
  it('holds the grid and the window for every F, S, P, N and dilation', () => {
    const found: string[] = [];
    for (const n of SIZES) {
      for (const kernelSize of SIZES) {
        for (const padding of PADDINGS) {
          for (const strides of [1, 2, 7, 50]) {
            for (const dilation of [1, 2, 16]) {
              const what = `N ${n} F ${kernelSize} S ${strides} P ${padding} D ${dilation}`;
              const window = { kernelSize, strides, padding, dilation };
              found.push(...faults(fitted(n, window)).map((fault) => `${what}: ${fault}`));
            }
          }
        }
      }
    }
    expect(found.slice(0, 5)).toEqual([]);
  }, 120_000);

  it('holds them for windows and inputs that are no squares', () => {
    const size = fc.integer({ min: 1, max: 1024 });
    const two = fc.tuple(size, size);
    const small = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(two, two, fc.tuple(small, small), fc.nat(1000), fc.tuple(small, small), (n, f, s, p, d) => {
        expect(faults(fitted(n[0], { kernelSize: f, strides: s, padding: p, dilation: d }, n[1]))).toEqual([]);
      }),
      { numRuns: 150, seed: 1 },
    );
  }, 120_000);

  it('draws small inputs pixel by pixel: 6×6, padded by 1, a 3×3 window with stride 4', () => {
    const { width, cells, window, isPart } = fitted(6, { padding: 1, strides: 4 });
    // 8 padded pixels of 11; with positions at 0 and 4, two of each axis are not read.
    expect(width).toBe(88);
    expect(cells).toHaveLength(64);
    expect(cells.filter(({ kind }) => kind === 'unread')).toHaveLength(8 * 8 - 6 * 6);
    expect(window).toEqual({ left: 44, top: 44, width: 33, height: 33 });
    expect(isPart).toBe(false);
  });

  it('draws the end of large ones, and all of a large window', () => {
    const end = fitted(224, { strides: 2 });
    expect(end.isPart).toBe(true);
    expect(end.cells).toHaveLength(400);
    const large = fitted(28, { kernelSize: 30 });
    // The window reaches over 30 pixels, the input has 28: both are drawn to one scale.
    expect(
      large.window.width / large.cells.reduce((most, { left, width }) => Math.max(most, left + width), 0),
    ).toBeCloseTo(30 / 28, 1);
    expect(large.window.width).toBeCloseTo(SIDE);
  });

  it('shows the pixels that are never read, however many are drawn as one', () => {
    const { cells, height, width } = fitted(1025, { kernelSize: 1024, strides: 2 });
    const unread = cells.filter(({ kind }) => kind === 'unread');
    expect(unread.length).toBeGreaterThan(0);
    // The last row and column of 1,025.
    for (const { left, top } of unread) {
      expect(Math.max(left / width, top / height)).toBeCloseTo(1024 / 1025, 6);
    }
  });

  it('shows one pixel in a thousand of padding', () => {
    const { cells } = fitted(1, { kernelSize: 1024, padding: 1000 });
    expect(cells.filter(({ kind }) => kind === 'read')).toHaveLength(1);
    expect(cells.filter(({ kind }) => kind === 'padding').length).toBeGreaterThan(100);
  });
});
