import type { Box } from './box.ts';
import type { Size } from './dimensions.ts';

/** How the canvas is seen: where its origin lies on the screen, and how large it is drawn. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** Pixels on the screen that stay free around what is brought into view; below, the tools and the overview lie. */
const MARGIN = { side: 16, above: 16, below: 58 } as const;

/** The view moved no more than is needed to see all of a box, and drawn smaller only if it is larger than the screen. */
export function intoView(view: View, box: Box, screen: Size): View {
  const room = { width: screen.width - 2 * MARGIN.side, height: screen.height - MARGIN.above - MARGIN.below };
  const zoom = Math.min(view.zoom, room.width / box.width, room.height / box.height);
  const [middleX, middleY] = [box.left + box.width / 2, box.top + box.height / 2];
  // Where it is drawn smaller, its middle stays where it is.
  const [x, y] = [view.x + middleX * (view.zoom - zoom), view.y + middleY * (view.zoom - zoom)];
  const within = (begin: number, length: number, from: number, to: number) =>
    Math.max(from, Math.min(to - length, begin)) - begin;
  const dx = within(x + box.left * zoom, box.width * zoom, MARGIN.side, MARGIN.side + room.width);
  const dy = within(y + box.top * zoom, box.height * zoom, MARGIN.above, MARGIN.above + room.height);
  return { x: x + dx, y: y + dy, zoom };
}
