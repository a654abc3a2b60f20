import { type Box, overlap, partsOf } from '../layout/box.ts';
import { labelBox } from '../layout/labels.ts';
import type { LabelRoom, Spacing } from '../layout/spacing.ts';
import type { Edge, Network } from '../network/network.ts';
import type { NetworkReport } from '../network/report.ts';
import { volumeText } from '../shape.ts';
import { type Font, textWidth } from '../typeface/measure.ts';
import { arrange } from './arrange.ts';
import { type Figure, figuresOf } from './figures.ts';
import { drawFrame, FRAME, leastFrameWidth } from './frame-box.ts';
import type { DiagramOptions } from './options.ts';
import { leavesOf, type Part, toDrawing } from './parts.ts';
import type { Theme } from './theme.ts';

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
  /** Whether a line runs through the text. */
  readonly isCrossed: boolean;
  /** Whether it ends at a part; at the side of a frame it goes on. */
  readonly hasHead: boolean;
}

export interface Composition {
  readonly width: number;
  readonly height: number;
  /** Blocks whose layers are drawn in them. */
  readonly frames: readonly PlacedPart[];
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

/** Where everything of a diagram lies. */
export function compose(network: Network, report: NetworkReport, options: DiagramOptions): Composition {
  const drawing = toDrawing(network, report, options);
  const figures = figuresOf(leavesOf(drawing), options);
  const across = options.direction === 'horizontal';
  const textOf = (link: Edge) => volumeText(report.layers.get(link.from)?.shape);
  const labelOf = (link: Edge): LabelRoom => {
    const width = textWidth(textOf(link), LINK_FONT);
    return across
      ? { width: width + 2 * LINK_TEXT_GAP, above: LINK_TEXT_HEIGHT + LINK_TEXT_GAP, below: 0 }
      : { width: LINK_TEXT_HEIGHT, above: 0, below: width + 2 * LINK_TEXT_GAP };
  };
  const sides = { left: FRAME.side, right: FRAME.side, top: FRAME.side, bottom: FRAME.side };
  const arrangement = arrange(drawing, {
    spacing: SPACING,
    itemOf: ({ id }) => {
      const { width, height, entry, exit } = figures.get(id) as Figure;
      return across
        ? { id, width, height, line: entry.y, entry: entry.x, exit: width - exit.x }
        : { id, width: height, height: width, line: entry.x, entry: entry.y, exit: height - exit.y };
    },
    labelOf: options.style === 'layers' ? labelOf : () => undefined,
    frame: across ? { ...sides, top: FRAME.title + FRAME.side } : { ...sides, left: FRAME.title + FRAME.side },
    leastFrame: (part) => {
      const least = leastFrameWidth(part);
      return across ? { width: least, height: 0 } : { width: 0, height: least };
    },
    page: options.wrap ? (across ? PAGE : { width: PAGE.height, height: PAGE.width }) : undefined,
  });

  /** From pixels along and across the flow to those of the figure. */
  const inFigure = ([along, beside]: readonly [number, number]): Point =>
    across ? { x: along + MARGIN, y: beside + MARGIN } : { x: beside + MARGIN, y: along + MARGIN };
  const frameOf = ({ left, top, width, height }: Box): Frame => ({
    ...inFigure([left, top]),
    width: across ? width : height,
    height: across ? height : width,
  });
  const { x, y } = inFigure([arrangement.width, arrangement.height]);
  const framed = new Set(arrangement.frames.map(({ part }) => part.id));
  const lines = arrangement.links.flatMap(({ way }) => partsOf(way));
  return {
    width: Math.ceil(x + MARGIN),
    height: Math.ceil(y + MARGIN),
    frames: arrangement.frames.map(({ part, box }) => {
      const frame = frameOf(box);
      return { part, frame, draw: (theme) => drawFrame(part, frame, theme) };
    }),
    parts: arrangement.parts.map(({ part, box }) => {
      const { draw } = figures.get(part.id) as Figure;
      return { part, frame: frameOf(box), draw };
    }),
    links: arrangement.links.map(({ link, way, label }) => {
      const room = labelOf(link);
      const isCrossed = label !== undefined && lines.some((line) => overlap(line, shrunk(labelBox(label, room))));
      return {
        link,
        points: way.map(inFigure),
        text: textOf(link),
        label: label && labelFrame(inFigure(label), room, across),
        isCrossed,
        hasHead: !framed.has(link.to),
      };
    }),
  };
}

/** A text's box without its sides, where its own line is. */
function shrunk({ left, top, width, height }: Box): Box {
  return { left: left + 1, top: top + 1, width: width - 2, height: height - 2 };
}

/** Above a link that runs across; to the right of one that runs down. */
function labelFrame({ x, y }: Point, { width, above, below }: LabelRoom, across: boolean): Frame {
  return across
    ? { x: x - width / 2 + LINK_TEXT_GAP, y: y - above, width: width - 2 * LINK_TEXT_GAP, height: LINK_TEXT_HEIGHT }
    : { x: x + LINK_TEXT_GAP, y: y - width / 2, width: below - 2 * LINK_TEXT_GAP, height: width };
}
