import { layOut, type PortedItem } from '../layout/layout.ts';
import type { LabelRoom, Spacing } from '../layout/spacing.ts';
import type { Edge, LayerId, Network } from '../network/network.ts';
import type { NetworkReport } from '../network/report.ts';
import { volumeText } from '../shape.ts';
import { type Font, textWidth } from '../typeface/measure.ts';
import { boxSize, boxWidth, drawBox } from './layer-box.ts';
import type { DiagramOptions } from './options.ts';
import { type Part, toDrawing } from './parts.ts';
import type { Theme } from './theme.ts';
import { drawVolume, volumeFigure, volumeScale } from './volume-box.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Frame extends Point {
  readonly width: number;
  readonly height: number;
}

/** A part in its place. */
export interface PlacedPart {
  readonly part: Part;
  readonly frame: Frame;
  /** SVG of the part with its frame's upper left corner at 0, 0. */
  draw(theme: Theme): string;
}

/** A connection in its place, with the volume that flows along it. */
export interface PlacedLink {
  readonly link: Edge;
  readonly points: readonly Point[];
  readonly text: string;
  /** Where the text is; undefined where the style writes none. */
  readonly label: Frame | undefined;
}

export interface Composition {
  readonly width: number;
  readonly height: number;
  readonly parts: readonly PlacedPart[];
  readonly links: readonly PlacedLink[];
}

/** What a figure of a page's full width has room for at its full size: 17 × 22 cm of text of 2 mm. */
const PAGE = { width: 960, height: 1240 } as const;
const MARGIN = 16;

export const LINK_FONT: Font = { size: 9.5 };
const LINK_TEXT_HEIGHT = 11;
/** Between a link and its text, and at the text's other side. */
const LINK_TEXT_GAP = 4;

const SPACING: Spacing = {
  exit: 8,
  entry: 15,
  clear: 8,
  track: 9,
  row: 12,
  lane: 12,
  band: 28,
  column: 23,
  grid: 1,
  tail: 3,
  head: 11,
};

/** What a style draws of a part: its size, where links touch it, and its picture. */
interface Figure {
  readonly width: number;
  readonly height: number;
  readonly entry: Point;
  readonly exit: Point;
  draw(theme: Theme): string;
}

function figuresOf(parts: readonly Part[], { style, direction }: DiagramOptions): ReadonlyMap<LayerId, Figure> {
  if (style === 'volumes') {
    const scale = volumeScale(parts, direction);
    return new Map(
      parts.map((part) => {
        const figure = volumeFigure(part, scale);
        return [part.id, { ...figure, draw: (theme) => drawVolume(part, figure, direction, theme) }];
      }),
    );
  }
  const width = boxWidth(parts);
  return new Map(
    parts.map((part) => {
      const { height } = boxSize(part, width);
      const across = direction === 'horizontal';
      const entry = across ? { x: 0, y: height / 2 } : { x: width / 2, y: 0 };
      const exit = across ? { x: width, y: height / 2 } : { x: width / 2, y: height };
      return [part.id, { width, height, entry, exit, draw: (theme) => drawBox(part, width, theme) }];
    }),
  );
}

/** Where everything of a diagram lies. */
export function compose(network: Network, report: NetworkReport, options: DiagramOptions): Composition {
  const { parts, links } = toDrawing(network, report, options);
  const figures = figuresOf(parts, options);
  const across = options.direction === 'horizontal';
  /** From pixels along and across the flow to x and y, and back. */
  const turn = (along: number, beside: number): Point => (across ? { x: along, y: beside } : { x: beside, y: along });

  const items = parts.map(({ id }): PortedItem => {
    const { width, height, entry, exit } = figures.get(id) as Figure;
    return across
      ? { id, width, height, line: entry.y, entry: entry.x, exit: width - exit.x }
      : { id, width: height, height: width, line: entry.x, entry: entry.y, exit: height - exit.y };
  });
  const textOf = (link: Edge) => volumeText(report.layers.get(link.from)?.shape);
  const labelOf = (link: Edge): LabelRoom => {
    const width = textWidth(textOf(link), LINK_FONT);
    return across
      ? { width: width + 2 * LINK_TEXT_GAP, above: LINK_TEXT_HEIGHT + LINK_TEXT_GAP, below: 0 }
      : { width: LINK_TEXT_HEIGHT, above: 0, below: width + 2 * LINK_TEXT_GAP };
  };
  const labels = new Map(options.style === 'layers' ? links.map((link) => [link, labelOf(link)] as const) : []);
  const page = across ? PAGE : { width: PAGE.height, height: PAGE.width };
  const layout = layOut(items, links, labels, SPACING, options.wrap ? page : undefined);

  const size = turn(layout.width, layout.height);
  const inMargin = ([along, beside]: readonly [number, number]): Point => {
    const { x, y } = turn(along, beside);
    return { x: x + MARGIN, y: y + MARGIN };
  };
  return {
    width: Math.ceil(size.x + 2 * MARGIN),
    height: Math.ceil(size.y + 2 * MARGIN),
    parts: parts.map((part) => {
      const { width, height, draw } = figures.get(part.id) as Figure;
      return {
        part,
        frame: { ...inMargin(layout.places.get(part.id) as readonly [number, number]), width, height },
        draw,
      };
    }),
    links: layout.routes.map(({ link, way, label }) => ({
      link,
      points: way.map(inMargin),
      text: textOf(link),
      label: label && labelFrame(inMargin(label), labelOf(link), across),
    })),
  };
}

/** Above a link that runs across; to the right of one that runs down. */
function labelFrame({ x, y }: Point, { width, above, below }: LabelRoom, across: boolean): Frame {
  return across
    ? { x: x - width / 2 + LINK_TEXT_GAP, y: y - above, width: width - 2 * LINK_TEXT_GAP, height: LINK_TEXT_HEIGHT }
    : { x: x + LINK_TEXT_GAP, y: y - width / 2, width: below - 2 * LINK_TEXT_GAP, height: width };
}
