import { type Cut, INTER } from './inter.ts';

/** How a piece of text looks. */
export interface Font {
  /** Pixels. */
  readonly size: number;
  readonly bold?: boolean;
}

/** In thousandths of the size, what the typeface does not have: a letter; and one of a script whose letters are square. */
const LETTER = 720;
const FULL = 1000;
const FIRST_FULL = 0x1100;

/** Widths by code point, in thousandths of the size. */
function widthsOf({ unitsPerEm, widths }: Cut): ReadonlyMap<number, number> {
  return new Map(
    widths.flatMap(([first, run]) => run.map((units, i) => [first + i, (units * 1000) / unitsPerEm] as const)),
  );
}

const REGULAR = widthsOf(INTER.regular);
const BOLD = widthsOf(INTER.bold);

/** How wide a text is in pixels, without kerning. */
export function textWidth(text: string, { size, bold = false }: Font): number {
  const widths = bold ? BOLD : REGULAR;
  let sum = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    sum += widths.get(code) ?? (code >= FIRST_FULL ? FULL : LETTER);
  }
  return (sum * size) / 1000;
}
