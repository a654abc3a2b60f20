import { boundsOf } from '#core/layout/box.ts';
import type { Box, Size } from './dimensions.ts';
import { APART, isUnder, type View } from './view.ts';

/** Pixels on the screen between what is drawn and the canvas's sides. */
const MARGIN = 22;
/** What is small is drawn no larger; and what is huge, no smaller. */
export const ZOOM = { least: 0.02, most: 1.1 } as const;
/** The next smaller scale that is tried, and how many places along each axis at each scale. */
const SMALLER = 0.96;
const PLACES = 5;

/**
 * The view in which all boxes are drawn as large as possible on a canvas, none of them under a panel; as near to the
 * middle as can be.
 *
 * @param panels what lies over the canvas, in pixels from its corner
 */
export function viewOfAll(boxes: readonly Box[], canvas: Size, panels: readonly Box[]): View {
  const bounds = boundsOf(boxes);
  const whole = { left: 0, top: 0, ...canvas };
  const scaleIn = ({ width, height }: Size) => {
    const [across, down] = [(width - 2 * MARGIN) / bounds.width, (height - 2 * MARGIN) / bounds.height];
    return Math.min(ZOOM.most, Math.max(ZOOM.least, Math.min(across, down)));
  };
  // Above all panels everything is free, and between them.
  const free = [above(whole, panels), between(whole, panels)].toSorted((a, b) => scaleIn(b) - scaleIn(a))[0] as Box;
  for (let zoom = scaleIn(whole); zoom > scaleIn(free); zoom *= SMALLER) {
    const view = placesFor(bounds, zoom, whole).find((one) => !isUnder(panels, boxes, one));
    if (view !== undefined) return view;
  }
  return viewAt(bounds, scaleIn(free), free, 0.5, 0.5);
}

function above({ width, height }: Box, panels: readonly Box[]): Box {
  return { left: 0, top: 0, width, height: Math.min(height, ...panels.map(({ top }) => top - APART + MARGIN)) };
}

/** What no panel reaches into from the left or from the right. */
function between({ width, height }: Box, panels: readonly Box[]): Box {
  const isLeft = ({ left, width: wide }: Box) => left + wide / 2 < width / 2;
  const ends = panels.map((panel) => (isLeft(panel) ? panel.left + panel.width + APART - MARGIN : 0));
  const begins = panels.map((panel) => (isLeft(panel) ? width : panel.left - APART + MARGIN));
  const left = Math.max(0, ...ends);
  return { left, top: 0, width: Math.max(1, Math.min(width, ...begins) - left), height };
}

/** Views at a scale, those that are nearest to the middle first. */
function placesFor(bounds: Box, zoom: number, canvas: Box): readonly View[] {
  const shares = Array.from({ length: PLACES }, (_, i) => i / (PLACES - 1));
  const offCentre = (share: number) => Math.abs(share - 0.5);
  return shares
    .flatMap((x) => shares.map((y) => ({ x, y })))
    .sort((a, b) => offCentre(a.x) + offCentre(a.y) - offCentre(b.x) - offCentre(b.y))
    .map(({ x, y }) => viewAt(bounds, zoom, canvas, x, y));
}

/** The view with the bounds so far from left to right, and from top to bottom, of the room that is left. */
function viewAt(bounds: Box, zoom: number, { left, top, width, height }: Box, x: number, y: number): View {
  const [wide, high] = [bounds.width * zoom, bounds.height * zoom];
  const at = (begin: number, length: number, drawn: number, share: number) =>
    begin + (drawn > length - 2 * MARGIN ? (length - drawn) / 2 : MARGIN + (length - 2 * MARGIN - drawn) * share);
  return { x: at(left, width, wide, x) - bounds.left * zoom, y: at(top, height, high, y) - bounds.top * zoom, zoom };
}
