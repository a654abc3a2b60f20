import { formatWhole } from '../format.ts';
import { roundedPath } from '../layout/path.ts';
import type { Network } from '../network/network.ts';
import type { NetworkReport } from '../network/report.ts';
import {
  type Composition,
  compose,
  type Frame,
  LINK_FONT,
  type PlacedLink,
  type PlacedPart,
  type Point,
} from './compose.ts';
import { frameFill } from './frame-box.ts';
import type { DiagramOptions } from './options.ts';
import { describePart } from './parts.ts';
import { element, escapeXml, short, title } from './svg.ts';
import { embeddedFonts, FONT_FAMILY, textLine } from './text.ts';
import { THEMES, type Theme } from './theme.ts';
import { VOLUME_SCALE } from './volume-box.ts';

/** A picture as an SVG file's text, and its size in pixels. */
export interface Diagram {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

const ARROW = { length: 7, halfWidth: 3.2 } as const;
const BEND = 6;
const EMPTY = { width: 320, height: 80 } as const;

/**
 * Draws a network as a figure. What has problems is drawn too, with "?" for volumes that cannot be computed.
 *
 * @param name what the figure is called, for whoever has it read out
 */
export function drawDiagram(name: string, network: Network, report: NetworkReport, options: DiagramOptions): Diagram {
  const theme = THEMES[options.theme];
  const composition = compose(network, report, options);
  const isEmpty = network.layers.size === 0;
  const { width, height } = isEmpty ? EMPTY : composition;
  const content = isEmpty
    ? textLine('There are no layers yet.', width / 2, height / 2 + 4, { size: 12 }, theme.muted, 'middle')
    : drawComposition(composition, theme);
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'font-family': FONT_FAMILY,
    },
    title(name),
    element('desc', {}, escapeXml(description(network, report, options))),
    embeddedFonts(),
    element('rect', { width, height, fill: theme.background }),
    content,
  );
  return { svg: `<?xml version="1.0" encoding="UTF-8"?>\n${svg}\n`, width, height };
}

function description(network: Network, report: NetworkReport, { style }: DiagramOptions): string {
  const { size } = network.layers;
  const sizes = `${formatWhole(size)} ${size === 1 ? 'layer' : 'layers'}, ${formatWhole(report.totals.params)} params.`;
  const scale = style === 'volumes' ? ` ${VOLUME_SCALE}` : '';
  return `A network of ${sizes} Volumes are written as width × height × depth.${scale}`;
}

function drawComposition({ frames, parts, links }: Composition, theme: Theme): string {
  return [
    ...frames.map((frame) => drawPlaced(frame, theme)),
    // One path for all: where links run together, they are drawn once.
    element('path', { d: links.map(lineOf).join(''), fill: 'none', stroke: theme.line, 'stroke-width': 1.2 }),
    element('path', {
      d: links
        .filter(({ hasHead }) => hasHead)
        .map(headOf)
        .join(''),
      fill: theme.line,
    }),
    ...labels(links, frames, theme),
    ...parts.map((part) => drawPlaced(part, theme)),
  ].join('\n');
}

function drawPlaced({ part, frame, draw }: PlacedPart, theme: Theme): string {
  const place = { transform: `translate(${short(frame.x)} ${short(frame.y)})` };
  return element('g', place, title(describePart(part)), draw(theme));
}

/** The text beside each link; once where links of one volume run together. */
function labels(links: readonly PlacedLink[], frames: readonly PlacedPart[], theme: Theme): readonly string[] {
  const texts = links.flatMap(({ text, label, isCrossed }) => {
    if (label === undefined) return [];
    const [x, y] = [label.x + label.width / 2, label.y + 0.8 * label.height];
    const written = textLine(text, x, y, LINK_FONT, theme.muted, 'middle');
    // A line that has to cross it goes on behind it.
    if (!isCrossed) return [written];
    const around = frames.find(({ frame }) => isWithin(label, frame));
    const fill = around === undefined ? theme.background : frameFill(around.part, theme);
    return [element('rect', { ...label, fill }) + written];
  });
  return [...new Set(texts)];
}

function isWithin(inner: Frame, { x, y, width, height }: Frame): boolean {
  return inner.x >= x && inner.y >= y && inner.x + inner.width <= x + width && inner.y + inner.height <= y + height;
}

/** A point on the last part of a link, so far before its end. */
function beforeEnd(points: readonly Point[], distance: number): Point & { readonly dx: number; readonly dy: number } {
  const [before, tip] = points.slice(-2) as [Point, Point];
  const length = Math.hypot(tip.x - before.x, tip.y - before.y) || 1;
  const [dx, dy] = [(tip.x - before.x) / length, (tip.y - before.y) / length];
  return { x: tip.x - dx * distance, y: tip.y - dy * distance, dx, dy };
}

/** The line ends within the arrow's head, so that its blunt end does not show at the point. */
function lineOf({ points, hasHead }: PlacedLink): string {
  const line = hasHead ? [...points.slice(0, -1), beforeEnd(points, ARROW.length - 1)] : points;
  return roundedPath(
    line.map(({ x, y }) => [x, y]),
    BEND,
  );
}

function headOf({ points }: PlacedLink): string {
  const { x, y, dx, dy } = beforeEnd(points, ARROW.length);
  const tip = beforeEnd(points, 0);
  const side = (sign: number) => `${short(x - sign * dy * ARROW.halfWidth)} ${short(y + sign * dx * ARROW.halfWidth)}`;
  return `M${short(tip.x)} ${short(tip.y)}L${side(1)}L${side(-1)}Z`;
}
