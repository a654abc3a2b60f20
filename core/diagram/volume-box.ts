import { isVolume, type Shape, volumeText } from '../shape.ts';
import { type Font, textWidth } from '../typeface/measure.ts';
import type { DiagramOptions } from './options.ts';
import type { Part } from './parts.ts';
import { element, short } from './svg.ts';
import { fitText, textLine, wrapWords } from './text.ts';
import { mix, type Theme } from './theme.ts';

/** The style "volumes": each output as a solid, drawn to scale. */

/** What the scale is, for the figure's description. */
export const VOLUME_SCALE =
  'Width and height are drawn to the square root of the number of pixels, depth and vectors to the logarithm of the number of values.';

const SIDE = { most: 110, pixel: 14 } as const;

/** Pixels for the root of a side: the widest volume of a figure fills its room, as far as one of 1×1 stays small. */
function sideScale(parts: readonly Part[]): number {
  const sides = parts.flatMap(({ shape }) => (shape !== undefined && isVolume(shape) ? shape.slice(1) : []));
  return Math.min(SIDE.pixel, SIDE.most / Math.sqrt(Math.max(1, ...sides)));
}

/** Pixels for a depth of `n` channels: 3 for 3, 18 for 64, 52 for 512. Nearly in proportion for a few, then ever less. */
export function depthLength(n: number): number {
  return 2.5 + 22 * Math.log1p(n / 60);
}

/** Pixels for a vector of `n` values: 13 for 10, 94 for 1,000. */
export function vectorLength(n: number): number {
  return 8 + 30 * Math.log1p(n / 60);
}

const VECTOR_THICKNESS = 7;
/** How far the edges that lead away from the reader go to the right and up, for each pixel of the side they show. */
const SLANT = 0.32;

const LABEL: Font = { size: 10, bold: true };
const SMALL: Font = { size: 9 };
const LINE = 11.5;
const GAP = 5;
const TEXT_GAP = 10;
/** Lines of text are no longer than this, unless the solid is. */
const TEXT_WIDTH = 104;

/** A solid: its front face, and how far its back face is shifted to the right and up. */
interface Solid {
  readonly width: number;
  readonly height: number;
  readonly slant: number;
}

/** How the solids of one figure are drawn. */
export interface VolumeScale {
  readonly direction: DiagramOptions['direction'];
  /** Pixels for a side of one; a side of n is √n times as long. */
  readonly side: number;
  /** Width of the widest solid. */
  readonly widest: number;
}

export function volumeScale(parts: readonly Part[], direction: DiagramOptions['direction']): VolumeScale {
  const scale = { direction, side: sideScale(parts), widest: 0 };
  const widths = parts.map(({ shape }) => solidOf(shape, scale)).map(({ width, slant }) => width + slant);
  return { ...scale, widest: Math.max(0, ...widths) };
}

/** Depth lies along the flow: from left to right, or from above downwards. */
export function solidOf(shape: Shape | undefined, { direction, side }: VolumeScale): Solid {
  const sideLength = (n: number) => side * Math.sqrt(n);
  const across = direction === 'horizontal';
  const solid = (depth: number, breadth: number, slant: number) =>
    across ? { width: depth, height: breadth, slant } : { width: breadth, height: depth, slant };
  if (shape === undefined) return solid(24, 30, 10);
  if (!isVolume(shape)) {
    return solid(VECTOR_THICKNESS, vectorLength(shape.reduce((product, dim) => product * dim, 1)), 3);
  }
  const [channels, height, width] = shape;
  const [face, away] = across ? [height, width] : [width, height];
  return solid(depthLength(channels), sideLength(face), SLANT * sideLength(away));
}

interface TextRow {
  readonly text: string;
  readonly font: Font;
  readonly muted: boolean;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What stands at a solid: the layer that made it before it, its size behind it. */
interface Caption {
  readonly above: readonly TextRow[];
  readonly below: readonly TextRow[];
}

function captionOf({ label, summary, folded, shape }: Part, width: number): Caption {
  const row = (text: string, font: Font, muted: boolean) => ({ text: fitText(text, width, font), font, muted });
  const added = wrapWords(
    folded.map((layer) => `+ ${layer.label}`),
    width,
    SMALL,
  );
  return {
    above: [
      row(label, LABEL, false),
      ...(summary === '' ? [] : [row(summary, SMALL, true)]),
      ...added.map((text) => row(text, SMALL, true)),
    ],
    below: [row(volumeText(shape), LABEL, false)],
  };
}

/** A solid with its text, and where links touch it: on its front face's middle, or what is seen beside that. */
export interface VolumeFigure {
  readonly width: number;
  readonly height: number;
  readonly solid: Solid;
  /** Upper left corner of the solid's front face. */
  readonly x: number;
  readonly y: number;
  readonly caption: Caption;
  readonly entry: Point;
  readonly exit: Point;
  /** Where the text begins, or its middle. */
  readonly text: { readonly x: number; readonly above: number; readonly below: number };
}

export function volumeFigure(part: Part, scale: VolumeScale): VolumeFigure {
  const solid = solidOf(part.shape, scale);
  const [width, height] = [solid.width + solid.slant, solid.height + solid.slant];
  const across = scale.direction === 'horizontal';
  const caption = captionOf(part, across ? Math.max(TEXT_WIDTH, width) : TEXT_WIDTH);
  const rows = [...caption.above, ...caption.below];
  const textual = Math.max(...rows.map(({ text, font }) => textWidth(text, font)));
  if (across) {
    const [above, below] = [caption.above.length * LINE + GAP, caption.below.length * LINE + GAP];
    const whole = Math.max(width, textual);
    const [x, y] = [(whole - width) / 2, above + solid.slant];
    const middle = solid.height / 2;
    return {
      width: whole,
      height: above + height + below,
      solid,
      x,
      y,
      entry: { x, y: y + middle },
      exit: { x: x + solid.width + Math.min(solid.slant, middle), y: y + middle },
      caption,
      text: { x: whole / 2, above: 0, below: above + height + GAP },
    };
  }
  const lines = rows.length * LINE;
  const whole = Math.max(height, lines);
  const y = (whole - height) / 2 + solid.slant;
  const middle = width / 2;
  // Texts of a column begin below each other.
  const left = (width + scale.widest) / 2 + TEXT_GAP;
  return {
    width: left + textual,
    height: whole,
    solid,
    x: 0,
    y,
    entry: { x: middle, y: y - Math.min(solid.slant, middle) },
    exit: { x: middle, y: y + solid.height - Math.max(0, middle - solid.width) },
    caption,
    text: { x: left, above: (whole - lines) / 2, below: (whole - lines) / 2 + caption.above.length * LINE },
  };
}

/** The solid with its text; the figure's upper left corner is at 0, 0. */
export function drawVolume(
  part: Part,
  figure: VolumeFigure,
  direction: DiagramOptions['direction'],
  theme: Theme,
): string {
  const { solid, x, y, caption, text } = figure;
  const { width: w, height: h, slant: s } = solid;
  const tone = part.problem === undefined ? theme.tones[part.category] : theme.danger;
  const stroke = mix(tone, theme.text, 0.35);
  const face = (corners: readonly (readonly [number, number])[], fill: string) =>
    element('path', {
      d: `M${corners.map(([cx, cy]) => `${short(x + cx)} ${short(y + cy)}`).join('L')}Z`,
      fill,
      stroke,
      'stroke-width': 0.8,
      'stroke-linejoin': 'round',
      'stroke-dasharray': part.shape === undefined ? '3 2' : undefined,
    });
  const anchor = direction === 'horizontal' ? 'middle' : 'start';
  const lines = (rows: readonly TextRow[], top: number) =>
    rows.map((row, i) =>
      textLine(row.text, text.x, top + (i + 0.8) * LINE, row.font, row.muted ? theme.muted : theme.text, anchor),
    );
  return [
    face([[0, 0], [w, 0], [w, h], [0, h]], mix(theme.background, tone, 0.45)), // biome-ignore format: a face a line
    face([[0, 0], [s, -s], [w + s, -s], [w, 0]], mix(theme.background, tone, 0.22)), // biome-ignore format: a face a line
    face([[w, 0], [w + s, -s], [w + s, h - s], [w, h]], mix(theme.background, tone, 0.7)), // biome-ignore format: a face a line
    ...lines(caption.above, text.above),
    ...lines(caption.below, text.below),
  ].join('');
}
