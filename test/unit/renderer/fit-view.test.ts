/** Fit: everything is on the canvas, as large as it can be, and nothing is under a panel. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, overlap } from '#core/layout/box.ts';
import { viewOfAll, ZOOM } from '#renderer/canvas/fit.ts';

/** The canvas of a window of 1280×720, with its tools and its overview. */
const CANVAS = { width: 824, height: 429 };
const PANELS: readonly Box[] = [
  { left: 15, top: 376, width: 166, height: 38 },
  { left: 677, top: 332, width: 132, height: 82 },
];
const NODE = { width: 176, height: 70 };

function onScreen(boxes: readonly Box[], panels = PANELS, canvas = CANVAS): readonly Box[] {
  const { x, y, zoom } = viewOfAll(boxes, canvas, panels);
  return boxes.map(({ left, top, width, height }) => ({
    left: x + left * zoom,
    top: y + top * zoom,
    width: width * zoom,
    height: height * zoom,
  }));
}

function expectInSight(shown: readonly Box[], panels = PANELS, { width, height } = CANVAS): void {
  for (const box of shown) {
    expect(box.left).toBeGreaterThanOrEqual(0);
    expect(box.top).toBeGreaterThanOrEqual(0);
    expect(box.left + box.width).toBeLessThanOrEqual(width);
    expect(box.top + box.height).toBeLessThanOrEqual(height);
    for (const panel of panels) expect(overlap(box, panel)).toBe(false);
  }
}

const grid = (columns: number, rows: number) =>
  Array.from({ length: columns * rows }, (_, i) => ({
    left: 260 * (i % columns),
    top: 120 * Math.floor(i / columns),
    ...NODE,
  }));

describe('the view of all', () => {
  it('shows all, and nothing under a panel', () => {
    const place = fc.integer({ min: -8000, max: 8000 });
    const box = fc.record({ left: place, top: place, width: fc.constant(176), height: fc.constant(70) });
    fc.assert(
      fc.property(fc.array(box, { minLength: 1, maxLength: 40 }), (boxes) => expectInSight(onScreen(boxes))),
      { numRuns: 500 },
    );
  });

  it.each([
    [1, 1],
    [4, 4],
    [10, 1],
    [1, 10],
    [30, 20],
  ])('%i × %i nodes fill what is free', (columns, rows) => {
    const shown = onScreen(grid(columns, rows));
    expectInSight(shown);
    const zoom = (shown[0] as Box).width / NODE.width;
    // Above both panels there would be room for as much, at least.
    const least = Math.min((CANVAS.width - 60) / (260 * columns), (332 - 60) / (120 * rows), ZOOM.most);
    expect(zoom).toBeGreaterThan(0.9 * least);
    expect(zoom).toBeLessThanOrEqual(ZOOM.most);
  });

  it('goes beside a panel where there is nothing to be covered', () => {
    // Two full rows, and a third that ends before the overview.
    const rows = [...grid(4, 3), ...grid(2, 4).slice(6)];
    const shown = onScreen(rows);
    expectInSight(shown);
    const lowest = Math.max(...shown.map(({ top, height }) => top + height));
    expect(lowest).toBeGreaterThan((PANELS[1] as Box).top);
  });

  it('is in the middle where there are no panels', () => {
    const [box] = onScreen([{ left: 1000, top: -500, ...NODE }], []) as [Box];
    expect(box.left + box.width / 2).toBeCloseTo(CANVAS.width / 2);
    expect(box.top + box.height / 2).toBeCloseTo(CANVAS.height / 2);
  });
});
