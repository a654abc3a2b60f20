import type { LayerId } from '../network/network.ts';
import { boxSize, boxWidth, drawBox } from './layer-box.ts';
import type { DiagramOptions } from './options.ts';
import type { Part } from './parts.ts';
import type { Theme } from './theme.ts';
import { drawVolume, volumeFigure, volumeScale } from './volume-box.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a style draws of a part: its size, where links touch it, and how it is drawn. */
export interface Figure {
  readonly width: number;
  readonly height: number;
  readonly entry: Point;
  readonly exit: Point;
  /** SVG with its upper left corner at 0, 0. */
  draw(theme: Theme): string;
}

/** The figures of all parts that are drawn by themselves: of one width, or to one scale. */
export function figuresOf(parts: readonly Part[], { style, direction }: DiagramOptions): ReadonlyMap<LayerId, Figure> {
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
