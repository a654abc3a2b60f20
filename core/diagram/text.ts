import { element, escapeXml } from './svg.ts';

/** Fonts of about one width that every system has one of; widths are those of the first. */
export const FONT_FAMILY = 'Helvetica, Arial, sans-serif';

/** How a piece of text looks. */
export interface Font {
  /** Pixels. */
  readonly size: number;
  readonly bold?: boolean;
}

/** Widths of Helvetica's characters in thousandths of its size, from U+0020 on (Adobe's font metrics). */
const ASCII = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
] as const;
const OTHERS: Readonly<Record<string, number>> = { '×': 584, '·': 278, '…': 1000, '–': 556 };
/** A letter of another alphabet; and one of a script whose characters are as wide as high. */
const LETTER = 720;
const FULL = 1000;
const FIRST_FULL = 0x1100;
/** Bold letters are wider by about so much. */
const BOLD = 1.07;

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return ASCII[code - 0x20] ?? OTHERS[character] ?? (code >= FIRST_FULL ? FULL : LETTER);
}

/** About how wide a text is in pixels. */
export function textWidth(text: string, { size, bold = false }: Font): number {
  let units = 0;
  for (const character of text) units += characterWidth(character);
  return (units * size * (bold ? BOLD : 1)) / 1000;
}

/** The text, or as much of it as fits with "…" at its end; empty where not even that fits. */
export function fitText(text: string, width: number, font: Font): string {
  if (textWidth(text, font) <= width) return text;
  const letters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  while (letters.length > 0) {
    letters.pop();
    const shortened = `${letters.join('').trimEnd()}…`;
    if (letters.length > 0 && textWidth(shortened, font) <= width) return shortened;
  }
  return '';
}

/** Words on as few lines as there is room for; no word is broken. */
export function wrapWords(words: readonly string[], width: number, font: Font): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, font) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** A line of text whose baseline is at `y`. */
export function textLine(
  text: string,
  x: number,
  y: number,
  font: Font,
  fill: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  if (text === '') return '';
  return element(
    'text',
    {
      x,
      y,
      'font-size': font.size,
      'font-weight': font.bold ? 'bold' : undefined,
      fill,
      'text-anchor': anchor === 'start' ? undefined : anchor,
    },
    escapeXml(text),
  );
}
