import { formatCount } from '../format.ts';
import type { Size } from '../layout/box.ts';
import { type Font, textWidth } from '../typeface/measure.ts';
import type { Part } from './parts.ts';
import { element } from './svg.ts';
import { fitText, textLine } from './text.ts';
import { mix, type Theme } from './theme.ts';

/** The frame of a block that is drawn expanded: a title bar with the block's name, and room for its layers below. */

const TITLE: Font = { size: 10.5, bold: true };
const NAME: Font = { size: 10 };
const COUNT: Font = { size: 9 };
const GAP = 8;
const PAD = 10;
const RADIUS = 8;

/** Height of the title bar; room between a frame's sides and what is in it. */
export const FRAME = { title: 20, side: 14 } as const;

/** The least width in which the title can be read. */
export function leastFrameWidth({ block, name }: Part): number {
  return Math.min(180, 2 * PAD + GAP + textWidth(block ?? '', TITLE) + textWidth(name, NAME));
}

/** The colour of what is in a frame. */
export function frameFill({ category }: Part, theme: Theme): string {
  return mix(theme.background, theme.tones[category], 0.04);
}

/** The frame, its upper left corner at 0, 0. */
export function drawFrame(part: Part, { width, height }: Size, theme: Theme): string {
  const tone = theme.tones[part.category];
  const stroke = part.problem === undefined ? mix(tone, theme.background, 0.35) : theme.danger;
  const room = width - 2 * PAD;
  const title = fitText(part.block ?? part.label, room, TITLE);
  const nameRoom = room - textWidth(title, TITLE) - GAP;
  const name = fitText(part.name, nameRoom, NAME);
  const count = part.params > 0 ? `${formatCount(part.params)} params` : '';
  const countRoom = nameRoom - textWidth(name, NAME) - GAP;
  const baseline = 0.68 * FRAME.title;
  const outline = { x: 0, y: 0, width, height, rx: RADIUS } as const;
  return [
    element('rect', { ...outline, fill: frameFill(part, theme) }),
    element('path', {
      d: `M0 ${FRAME.title}V${RADIUS}A${RADIUS} ${RADIUS} 0 0 1 ${RADIUS} 0H${width - RADIUS}A${RADIUS} ${RADIUS} 0 0 1 ${width} ${RADIUS}V${FRAME.title}Z`,
      fill: mix(theme.background, tone, 0.16),
    }),
    textLine(title, PAD, baseline, TITLE, theme.text),
    textLine(name, PAD + textWidth(title, TITLE) + GAP, baseline, NAME, theme.muted),
    textLine(textWidth(count, COUNT) <= countRoom ? count : '', width - PAD, baseline, COUNT, theme.muted, 'end'),
    element('rect', {
      ...outline,
      fill: 'none',
      stroke,
      'stroke-width': 1,
      'stroke-dasharray': part.problem === undefined ? undefined : '4 3',
    }),
  ].join('');
}
