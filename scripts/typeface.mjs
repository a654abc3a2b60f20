/**
 * `npm run typeface`: reads the bundled typeface and writes core/typeface/inter.ts: how wide its characters are, and a
 * subset of it that diagrams carry within them. Run it after an update of @fontsource-variable/inter.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as hb from 'harfbuzzjs';
import subsetFont from 'subset-font';
import { root } from './setup.mjs';

const require = createRequire(import.meta.url);
const { version } = require('@fontsource-variable/inter/package.json');
const source = readFileSync(require.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'));

const WEIGHTS = { regular: 400, bold: 700 };
/** All of Latin-1 that can be seen, and the signs of formulas and names beyond it; in runs. */
const RUNS = [range(0x20, 0x7e), range(0xa0, 0xac), range(0xae, 0xff), ...codes('–—‘’“”…−').map((code) => [code])];
const CHARACTERS = RUNS.flat();

/** @param {number} first @param {number} last */
function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** @param {string} text */
function codes(text) {
  return [...text].map((character) => /** @type {number} */ (character.codePointAt(0)));
}

/**
 * The typeface at one weight with the wanted characters only, without kerning and other features: text is
 * measured character by character.
 *
 * @param {number} weight @param {'sfnt' | 'woff2'} targetFormat
 */
function subset(weight, targetFormat) {
  return subsetFont(source, String.fromCodePoint(...CHARACTERS), {
    targetFormat,
    keepFeatures: [],
    variationAxes: { wght: weight },
    // Neither is of use without hinting and in one weight.
    noHinting: true,
    dropTables: ['gasp', 'STAT'],
  });
}

/** The advance width of a character in units of the typeface. @param {hb.Font} font @param {number} code */
function widthOf(font, code) {
  const buffer = new hb.Buffer();
  buffer.addText(String.fromCodePoint(code));
  buffer.guessSegmentProperties();
  hb.shape(font, buffer);
  const [glyph] = buffer.getGlyphPositions();
  if (glyph === undefined) throw new Error(`The typeface has no character U+${code.toString(16)}.`);
  return glyph.xAdvance;
}

const written = [];
for (const [name, weight] of Object.entries(WEIGHTS)) {
  const face = new hb.Face(new hb.Blob(await subset(weight, 'sfnt')), 0);
  const font = new hb.Font(face);
  const runs = RUNS.map((run) => `[${run[0]}, [${run.map((code) => widthOf(font, code)).join(', ')}]]`);
  const embedded = await subset(weight, 'woff2');
  written.push(`  ${name}: {
    weight: ${weight},
    unitsPerEm: ${face.upem},
    widths: [${runs.join(', ')}],
    woff2: '${embedded.toString('base64')}',
  },`);
}
const path = join(root, 'core', 'typeface', 'inter.ts');
writeFileSync(
  path,
  `/**
 * Written by scripts/typeface.mjs from @fontsource-variable/inter ${version} (SIL Open Font License 1.1: OFL.txt beside this).
 * Widths are advance widths; \`woff2\` is a subset without kerning and other features, as base64.
 */
export const INTER = {
${written.join('\n')}
} as const satisfies Record<string, Cut>;

/** The typeface at one weight. */
export interface Cut {
  readonly weight: number;
  readonly unitsPerEm: number;
  /** The first code point of each run, and the widths from there on. */
  readonly widths: readonly (readonly [first: number, widths: readonly number[]])[];
  readonly woff2: string;
}
`,
);
writeFileSync(
  join(root, 'core', 'typeface', 'OFL.txt'),
  readFileSync(require.resolve('@fontsource-variable/inter/LICENSE')),
);
execFileSync(join(root, 'node_modules', '.bin', 'biome'), ['format', '--write', path], { stdio: 'inherit' });
