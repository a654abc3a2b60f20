import { formatCount } from '../format.ts';
import { volumeText } from '../shape.ts';
import { type Font, textWidth } from '../typeface/measure.ts';
import type { LayerWords, Part } from './parts.ts';
import { element } from './svg.ts';
import { fitText, textLine } from './text.ts';
import { mix, type Theme } from './theme.ts';

/** The style "layers": a box with what the canvas shows of a layer, and a strip for each that is folded into it. */

const LABEL: Font = { size: 10.5, bold: true };
const SMALL: Font = { size: 10 };
const STRIP: Font = { size: 9 };
const WIDTH = { least: 96, most: 172 } as const;
const BAR = 5;
const PAD = { left: BAR + 7, right: 8, top: 7, bottom: 7 } as const;
const LINE = 13.5;
const STRIP_HEIGHT = 15;
const RADIUS = 6;
const GAP = 8;

interface Box {
  readonly width: number;
  readonly height: number;
}

/** Two texts of a line, the right one giving way. */
interface Row {
  readonly left: string;
  readonly leftFont: Font;
  readonly right: string;
  readonly rightFont: Font;
}

function rowsOf({ label, name, summary, shape, params }: Part): readonly Row[] {
  const rows: Row[] = [{ left: label, leftFont: LABEL, right: name, rightFont: SMALL }];
  if (summary !== '') rows.push({ left: summary, leftFont: SMALL, right: '', rightFont: SMALL });
  const count = params > 0 ? `${formatCount(params)} params` : '';
  return [...rows, { left: volumeText(shape), leftFont: LABEL, right: count, rightFont: STRIP }];
}

function stripRow({ label, summary }: LayerWords): Row {
  return { left: `+ ${label}`, leftFont: STRIP, right: summary, rightFont: STRIP };
}

function rowWidth({ left, leftFont, right, rightFont }: Row): number {
  const rest = right === '' ? 0 : GAP + textWidth(right, rightFont);
  return PAD.left + textWidth(left, leftFont) + rest + PAD.right;
}

/** One width for all boxes of a figure: what the widest needs, within limits. */
export function boxWidth(parts: readonly Part[]): number {
  const rows = parts.flatMap((part) => [...rowsOf(part), ...part.folded.map(stripRow)]);
  return Math.min(WIDTH.most, Math.max(WIDTH.least, Math.ceil(Math.max(0, ...rows.map(rowWidth)))));
}

function bodyHeight(part: Part): number {
  return PAD.top + rowsOf(part).length * LINE + PAD.bottom - 3;
}

export function boxSize(part: Part, width: number): Box {
  return { width, height: bodyHeight(part) + part.folded.length * STRIP_HEIGHT };
}

function drawRow(row: Row, width: number, y: number, theme: Theme, strong: boolean): string {
  const { left, leftFont, right, rightFont } = row;
  const room = width - PAD.left - PAD.right;
  const shownLeft = fitText(left, room, leftFont);
  const shownRight = fitText(right, room - textWidth(shownLeft, leftFont) - GAP, rightFont);
  return (
    textLine(shownLeft, PAD.left, y, leftFont, strong ? theme.text : theme.muted) +
    textLine(shownRight, width - PAD.right, y, rightFont, theme.muted, 'end')
  );
}

/** The box, its upper left corner at 0, 0. */
export function drawBox(part: Part, width: number, theme: Theme): string {
  const { height } = boxSize(part, width);
  const body = bodyHeight(part);
  const tone = theme.tones[part.category];
  const border = part.problem === undefined ? mix(tone, theme.background, 0.35) : theme.danger;
  const outline = { width, height, rx: RADIUS, stroke: border, 'stroke-width': 1 } as const;
  const rows = rowsOf(part);
  return [
    // A second sheet behind it: a block is several layers.
    part.block !== undefined ? element('rect', { x: 3, y: 3, ...outline, fill: mix(theme.background, tone, 0.2) }) : '',
    element('rect', { x: 0, y: 0, ...outline, fill: mix(theme.background, tone, 0.08), stroke: 'none' }),
    ...part.folded.map((layer, i) => {
      const isLast = i === part.folded.length - 1;
      return drawStrip(layer, width, body + i * STRIP_HEIGHT, isLast, theme);
    }),
    leftBar(0, body, true, part.folded.length === 0, tone),
    ...rows.map((row, i) => drawRow(row, width, PAD.top + (i + 0.72) * LINE, theme, row.leftFont === LABEL)),
    element('rect', {
      x: 0,
      y: 0,
      ...outline,
      fill: 'none',
      'stroke-dasharray': part.problem === undefined ? undefined : '4 3',
    }),
  ].join('');
}

function drawStrip(layer: LayerWords, width: number, y: number, isLast: boolean, theme: Theme): string {
  const tone = theme.tones[layer.category];
  return (
    element('path', {
      d: roundedBelow(0, y, width, STRIP_HEIGHT, isLast),
      fill: mix(theme.background, tone, 0.16),
    }) +
    leftBar(y, STRIP_HEIGHT, false, isLast, tone) +
    drawRow(stripRow(layer), width, y + STRIP_HEIGHT / 2 + 3.2, theme, true)
  );
}

/** A rectangle whose lower corners may be round. */
function roundedBelow(x: number, y: number, width: number, height: number, round: boolean): string {
  const r = round ? RADIUS : 0;
  const [right, bottom] = [x + width, y + height];
  return `M${x} ${y}H${right}V${bottom - r}A${r} ${r} 0 0 1 ${right - r} ${bottom}H${x + r}A${r} ${r} 0 0 1 ${x} ${bottom - r}Z`;
}

/** The bar at the left in the colour of the kind; round where the box is. */
function leftBar(y: number, height: number, roundAbove: boolean, roundBelow: boolean, fill: string): string {
  const [above, below] = [roundAbove ? RADIUS : 0, roundBelow ? RADIUS : 0];
  const bottom = y + height;
  // The part of the round corner that lies within the bar.
  const inset = (r: number) => (r === 0 ? 0 : r - Math.sqrt(r * r - (r - BAR) ** 2));
  return element('path', {
    d: `M${BAR} ${y + inset(above)}V${bottom - inset(below)}A${below} ${below} 0 0 1 0 ${bottom - below}V${y + above}A${above} ${above} 0 0 1 ${BAR} ${y + inset(above)}Z`,
    fill,
  });
}
