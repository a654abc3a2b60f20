/** The bundled typeface: the table of widths is that of the font file, and what diagrams carry has every character of it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as hb from 'harfbuzzjs';
import subsetFont from 'subset-font';
import { describe, expect, it } from 'vitest';
import { type Cut, INTER } from '#core/typeface/inter.ts';
import { textWidth } from '#core/typeface/measure.ts';

const require = createRequire(import.meta.url);
const packaged = readFileSync(require.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'));

/** A font file of any format as HarfBuzz reads it, at a weight if it has several. */
async function opened(file: Uint8Array, wght?: number): Promise<hb.Font> {
  const axes = wght === undefined ? {} : { variationAxes: { wght } };
  const sfnt = await subsetFont(file, '', { targetFormat: 'sfnt', keepAllGlyphs: true, keepFeatures: [], ...axes });
  return new hb.Font(new hb.Face(new hb.Blob(sfnt), 0));
}

/** Width of a text in units of the font; glyph 0 stands for a character that it does not have. */
function shaped(font: hb.Font, text: string): { readonly width: number; readonly missing: boolean } {
  const buffer = new hb.Buffer();
  buffer.addText(text);
  buffer.guessSegmentProperties();
  hb.shape(font, buffer);
  return {
    width: buffer.getGlyphPositions().reduce((sum, { xAdvance }) => sum + xAdvance, 0),
    missing: buffer.getGlyphInfos().some(({ codepoint }) => codepoint === 0),
  };
}

const TEXTS = [
  'CONV',
  '112×112×64',
  '16 · 5×5 S1 P2',
  '+ BATCH NORM',
  '2,359,808 params',
  'Größe “ça” – façade…',
  'a/b_c-d.e',
];

describe.each(Object.entries(INTER) as [string, Cut][])('%s', (name, { weight, unitsPerEm, widths, woff2 }) => {
  it('is as wide as the font file says, character by character', async () => {
    const font = await opened(packaged, weight);
    expect(widths.flatMap(([, run]) => run).length).toBeGreaterThan(190);
    for (const [first, run] of widths) {
      for (const [i, width] of run.entries()) {
        const character = String.fromCodePoint(first + i);
        expect({ character, ...shaped(font, character) }).toEqual({ character, width, missing: false });
      }
    }
    for (const text of TEXTS) {
      const width = (shaped(font, text).width * 10) / unitsPerEm;
      expect(textWidth(text, { size: 10, bold: name === 'bold' }), text).toBeCloseTo(width, 6);
    }
  });

  it('has every character in what diagrams carry', async () => {
    const font = await opened(Buffer.from(woff2, 'base64'));
    for (const [first, run] of widths) {
      for (const [i, width] of run.entries()) {
        const character = String.fromCodePoint(first + i);
        expect({ character, ...shaped(font, character) }).toEqual({ character, width, missing: false });
      }
    }
  });
});

it('goes with its licence', () => {
  const licence = readFileSync(new URL('../../../core/typeface/OFL.txt', import.meta.url), 'utf8');
  expect(licence).toContain('SIL OPEN FONT LICENSE Version 1.1');
  expect(licence).toBe(readFileSync(require.resolve('@fontsource-variable/inter/LICENSE'), 'utf8'));
});
