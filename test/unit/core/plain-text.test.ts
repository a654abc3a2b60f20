/** Characters that are not seen: taken out of file names, refused in names of layers, written out in messages. */
import { describe, expect, it } from 'vitest';
import { nameFault } from '#core/network/names.ts';
import { plainText, withoutHidden } from '#core/plain-text.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { toFileName } from '#core/project/file-name.ts';
import { findTemplate } from '#core/templates/index.ts';
import { DataSetError } from '#main/datasets/image-set.ts';

/** Writing direction, no width, separators, controls: by what they are called. */
const HIDDEN = {
  'right-to-left override': '\u202E',
  'left-to-right override': '\u202D',
  'right-to-left embedding': '\u202B',
  'pop directional formatting': '\u202C',
  'right-to-left isolate': '\u2067',
  'pop directional isolate': '\u2069',
  'right-to-left mark': '\u200F',
  'Arabic letter mark': '\u061C',
  'zero-width space': '\u200B',
  'zero-width joiner': '\u200D',
  'word joiner': '\u2060',
  'byte order mark': '\uFEFF',
  'soft hyphen': '\u00AD',
  'Hangul filler': '\u3164',
  'line separator': '\u2028',
  'paragraph separator': '\u2029',
  escape: '\u001B',
  'next line': '\u0085',
  tag: '\u{E0041}',
} as const;

const network = findTemplate('lenet5')!.create().network;

describe.each(Object.entries(HIDDEN))('the %s', (_, char) => {
  it('is taken out of file names', () => {
    expect(toFileName(`model${char}xnno.exe`)).toMatch(/^model ?xnno\.exe$/);
    expect(toFileName(char)).toBe('Design');
  });

  it('is refused in names of layers', () => {
    expect(nameFault(network, 'conv1', `co${char}nv`)).toContain('characters that can be seen');
    expect(nameFault(network, 'conv1', char)).toContain('characters that can be seen');
  });

  it('is written out in messages, which then show what is there', () => {
    expect(plainText(`a${char}b`)).toMatch(/^a\\u\{[0-9A-F]{4,5}\}b$/);
    expect(new DataSetError(`/data/ca${char}ts cannot be read`).message).not.toContain(char);
  });

  it('is left out of what a file calls its design and its classes', () => {
    const lenet = findTemplate('lenet5')!.create();
    const text = formatDesign({ ...lenet, name: `My${char}net`, classLabels: [`ca${char}t`] });
    const { name, classLabels } = parseDesign(text);
    expect(name).toMatch(/^My ?net$/);
    expect(classLabels[0]).toMatch(/^ca ?t$/);
    expect(parseDesign(formatDesign({ ...lenet, name: char })).name).toBe('Design');
  });
});

describe('names', () => {
  it('keep what can be seen, in whatever script', () => {
    for (const name of ['conv1', 'Schicht ä', '畳み込み', 'שכבה', 'تلفيف', 'слой 2', '❤️', 'a-b_c.d']) {
      expect(nameFault(network, 'conv1', name), name).toBeUndefined();
      expect(plainText(name)).toBe(name);
    }
    expect(nameFault(network, 'conv1', '\u00A0')).toContain('can be seen');
    expect(nameFault(network, 'conv1', 'a\u3000')).toContain('can be seen');
  });

  it('of files have 80 characters and 200 bytes at most, cut between characters', () => {
    expect(toFileName('畳'.repeat(200))).toBe('畳'.repeat(66));
    expect(toFileName('😀'.repeat(200))).toBe('😀'.repeat(50));
    expect(toFileName(`${'x'.repeat(79)}. and more`)).toBe('x'.repeat(79));
    expect(toFileName('nul.txt')).toBe('Design nul.txt');
    expect(toFileName('COM¹')).toBe('Design COM¹');
    expect(toFileName('console')).toBe('console');
  });

  it('of kinds are words: they are printed as they are', () => {
    const text = formatDesign(findTemplate('lenet5')!.create());
    expect(() => parseDesign(text.replace('"Conv2D"', '"a\\u001b[2J"'))).toThrow('layers[1].kind');
    expect(parseDesign(text.replace('"Conv2D"', '"Future_Conv.3"')).network.layers.get('conv1')?.kind).toBe(
      'Future_Conv.3',
    );
  });
});

describe('messages', () => {
  it('keep their lines', () => {
    expect(plainText('one\n\ttwo')).toBe('one\n\ttwo');
    expect(withoutHidden('one\n\ttwo')).toBe('one two');
  });
});
