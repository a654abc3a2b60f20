import { INTER } from '../typeface/inter.ts';
import { type Font, textWidth } from '../typeface/measure.ts';
import { element, escapeXml } from './svg.ts';

/** The typeface that figures carry within them, by a name that no system's has. */
const EMBEDDED = 'Inter Figure';

/** Where the one within is not used, text is fitted to its widths. */
export const FONT_FAMILY = `"${EMBEDDED}", Inter, Helvetica, Arial, sans-serif`;

/** A style sheet with the typeface in it. */
export function embeddedFonts(): string {
  const faces = Object.values(INTER).map(
    ({ weight, woff2 }) =>
      `@font-face{font-family:"${EMBEDDED}";font-weight:${weight};src:url(data:font/woff2;base64,${woff2}) format("woff2")}`,
  );
  return element('style', {}, ...faces);
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
      // In whatever typeface it is drawn: as wide as its place was measured for.
      textLength: textWidth(text, font),
      lengthAdjust: 'spacingAndGlyphs',
      'font-size': font.size,
      'font-weight': font.bold ? 'bold' : undefined,
      fill,
      'text-anchor': anchor === 'start' ? undefined : anchor,
    },
    escapeXml(text),
  );
}
