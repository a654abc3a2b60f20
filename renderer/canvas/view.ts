import { overlap } from '#core/layout/box.ts';
import type { Box } from './dimensions.ts';
import type { Screen } from './screen.ts';

/** How the canvas is seen: where its origin lies on the screen, and how large it is drawn. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** Pixels on the screen that stay free around what is brought into view, and between it and panels. */
const MARGIN = 16;
export const APART = 8;

/**
 * The view moved no more than is needed to see all of a box, with no panel over it, and drawn smaller only if it is larger
 * than the screen.
 */
export function intoView(view: View, box: Box, { size, panels }: Screen): View {
  const whole = within(view, box, size.width, size.height - MARGIN);
  if (!isUnder(panels, [box], whole)) return whole;
  // Above all that lies below.
  return within(view, box, size.width, Math.min(size.height - MARGIN, ...panels.map(({ top }) => top - APART)));
}

/** The view moved so that a box lies left of `right` and above `bottom`. */
function within(view: View, box: Box, right: number, bottom: number): View {
  const room = { width: right - 2 * MARGIN, height: bottom - MARGIN };
  const zoom = Math.min(view.zoom, room.width / box.width, room.height / box.height);
  const [middleX, middleY] = [box.left + box.width / 2, box.top + box.height / 2];
  // Where it is drawn smaller, its middle stays where it is.
  const [x, y] = [view.x + middleX * (view.zoom - zoom), view.y + middleY * (view.zoom - zoom)];
  const inside = (begin: number, length: number, from: number, to: number) =>
    Math.max(from, Math.min(to - length, begin)) - begin;
  const dx = inside(x + box.left * zoom, box.width * zoom, MARGIN, MARGIN + room.width);
  const dy = inside(y + box.top * zoom, box.height * zoom, MARGIN, bottom);
  return { x: x + dx, y: y + dy, zoom };
}

/** Whether all of a box can be seen. */
export function isInView({ x, y, zoom }: View, box: Box, { size, panels }: Screen): boolean {
  const [left, top] = [x + box.left * zoom, y + box.top * zoom];
  const isOn = left >= 0 && top >= 0 && left + box.width * zoom <= size.width && top + box.height * zoom <= size.height;
  return isOn && !isUnder(panels, [box], { x, y, zoom });
}

/** Whether a panel covers one of the boxes, or comes too near to it. */
export function isUnder(panels: readonly Box[], boxes: readonly Box[], { x, y, zoom }: View): boolean {
  // In the network's coordinates, where there are many boxes and few panels.
  const seen = panels.map(({ left, top, width, height }) => ({
    left: (left - APART - x) / zoom,
    top: (top - APART - y) / zoom,
    width: (width + 2 * APART) / zoom,
    height: (height + 2 * APART) / zoom,
  }));
  return boxes.some((box) => seen.some((panel) => overlap(box, panel)));
}
