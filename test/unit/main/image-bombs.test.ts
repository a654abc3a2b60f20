/** Image files that ask for more than an image needs are refused in a sentence, before they get it. */
import { encode as encodePng } from 'fast-png';
import { encode as encodeJpeg } from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '#main/datasets/image-file.ts';
import { outlineOf } from '#main/datasets/jpeg.ts';
import { colourProfile, greyRows, jpegOf, pngOf } from '../../image-bombs.ts';

function refusal(bytes: Uint8Array): string {
  try {
    decodeImage(bytes);
  } catch (error) {
    return (error as Error).message;
  }
  return expect.fail('It was decoded.');
}

/** Bytes of arrays that a piece of work takes, at its end at least. */
function arrayBytes(work: () => unknown): number {
  const before = process.memoryUsage().arrayBuffers;
  work();
  return process.memoryUsage().arrayBuffers - before;
}

describe('a PNG', () => {
  const small = { width: 4, height: 3, rows: greyRows(4, 3, 7) };
  const seven = Array.from({ length: 36 }, () => 7);

  it('is decoded without what its pixels do not need: a profile of 200 MB is never unpacked', () => {
    const bytes = pngOf({ ...small, chunks: [['iCCP', colourProfile(200e6)]] });
    expect(arrayBytes(() => expect([...decodeImage(bytes).rgb]).toEqual(seven))).toBeLessThan(50e6);
  });

  it.each([
    ['an animation', [['acTL', Buffer.from([0, 0, 0, 9, 0, 0, 0, 0])] as const]],
    ['a broken profile', [['iCCP', Buffer.from('not a profile')] as const]],
    ['a text without end', [['tEXt', Buffer.from('no end of the keyword')] as const]],
    ['transparency for more pixels than there are', [['tRNS', Buffer.alloc(2000)] as const]],
    ['a chunk that nobody knows', [['abCd', Buffer.alloc(100)] as const]],
    ['a thousand of them', Array.from({ length: 1000 }, () => ['zTXt', Buffer.alloc(100)] as const)],
  ])('with %s is decoded as if it had none', (_, chunks) => {
    expect([...decodeImage(pngOf({ ...small, chunks })).rgb]).toEqual(seven);
  });

  it('that unpacks to more than its header says is refused as soon as it does', () => {
    const bytes = pngOf({ width: 4, height: 3, rows: new Uint8Array(300e6) });
    expect(bytes.length).toBeLessThan(1e6);
    expect(arrayBytes(() => expect(refusal(bytes)).toContain('more than the 15 bytes of its pixels'))).toBeLessThan(
      50e6,
    );
  });

  it('that unpacks to less is damaged', () => {
    expect(refusal(pngOf({ ...small, rows: greyRows(4, 2) }))).toBe('It is damaged or was cut off.');
  });

  it('whose pixels are many is refused by its header alone', () => {
    const rows = new Uint8Array();
    expect(refusal(pngOf({ width: 100_000, height: 100_000, rows }))).toContain(
      '100000×100000 pixels, which is too much',
    );
    expect(refusal(pngOf({ width: 6000, height: 6000, colourType: 6, depth: 16, rows }))).toContain(
      'unpack to 288006000 bytes; at most 67108864 are read',
    );
    expect(refusal(pngOf({ width: 0, height: 5, rows }))).toBe('It is damaged: it has no pixels.');
  });

  it('with two headers is damaged: checks and decoder would believe different ones', () => {
    const second = pngOf({ width: 60_000, height: 600, rows: new Uint8Array() }).subarray(16, 29);
    expect(refusal(pngOf({ ...small, chunks: [['IHDR', second]] }))).toBe('It is damaged or was cut off.');
  });

  it('of an impossible kind of pixel is damaged', () => {
    for (const [colourType, depth] of [
      [2, 4],
      [3, 16],
      [1, 8],
      [7, 8],
      [0, 3],
    ] as const) {
      expect(refusal(pngOf({ ...small, colourType, depth }))).toBe('It is damaged or was cut off.');
    }
  });

  it('interlaced with few bits a pixel is refused: the decoder would give stripes', () => {
    const bytes = pngOf({ width: 8, height: 8, depth: 1, interlaced: true, rows: new Uint8Array(15) });
    expect(refusal(bytes)).toContain('Save it without interlacing');
  });

  it('of RGB that suggests a palette is RGB', () => {
    const rows = Uint8Array.of(0, 1, 2, 3, 4, 5, 6);
    const chunks = [['PLTE', Uint8Array.of(9, 9, 9, 8, 8, 8)] as const];
    expect([...decodeImage(pngOf({ width: 2, height: 1, colourType: 2, rows, chunks })).rgb]).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  it('whose index is not in its palette is damaged', () => {
    const rows = Uint8Array.of(0, 1, 7);
    const chunks = [['PLTE', Uint8Array.of(9, 9, 9, 8, 8, 8)] as const];
    expect(refusal(pngOf({ width: 2, height: 1, colourType: 3, rows, chunks }))).toBe('It is damaged or was cut off.');
  });
});

describe('a JPEG', () => {
  it('of many scans is refused by their number', () => {
    expect(refusal(jpegOf({ width: 64, height: 64, scans: 1000 }))).toContain('in 1000 scans, which is too much');
    expect(refusal(jpegOf({ width: 5000, height: 4000, scans: 30 }))).toContain('20.0 megapixels in 30 scans');
    expect(decodeImage(jpegOf({ width: 64, height: 64, scans: 20 }))).toMatchObject({ width: 64, height: 64 });
  });

  it('of several frames is damaged', () => {
    expect(refusal(jpegOf({ width: 64, height: 64, frames: 50 }))).toContain('it holds 50 frames');
    expect(refusal(Buffer.from([0xff, 0xd8, 0xff, 0xd9]))).toContain('it holds 0 frames');
  });

  it('of too many pixels, or of none, is refused', () => {
    expect(refusal(jpegOf({ width: 65_000, height: 65_000 }))).toContain('4225.0 megapixels');
    expect(refusal(jpegOf({ width: 6500, height: 6500 }))).toContain('megapixels, which take too much memory');
    expect(refusal(jpegOf({ width: 64, height: 0 }))).toContain('no pixels');
  });

  it('of thousands of tables and comments is decoded, of more refused', () => {
    expect(decodeImage(jpegOf({ width: 16, height: 8, tables: 2000 }))).toMatchObject({ width: 16, height: 8 });
    expect(refusal(jpegOf({ width: 16, height: 8, tables: 20_000 }))).toContain('It consists of 80002 segments');
  });

  it('that is damaged is refused in a sentence, wherever it was cut or changed', () => {
    const whole = encodeJpeg({ width: 40, height: 30, data: Buffer.alloc(4800, 90) }, 90).data;
    const words = /^It (is damaged|is neither|has|goes|takes)|^Its colours/;
    for (let cut = 0; cut < whole.length; cut += 7) {
      // What is missing at the end of the pixels is grey, as in browsers.
      try {
        decodeImage(whole.subarray(0, cut));
      } catch (error) {
        expect((error as Error).message).toMatch(words);
      }
    }
    for (let at = 2; at < whole.length; at += 3) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at]! + 128) & 255;
      try {
        decodeImage(changed);
      } catch (error) {
        expect((error as Error).message).toMatch(words);
      }
    }
  });

  it('is outlined as the decoder reads it: scans are never missed', () => {
    const whole = encodeJpeg({ width: 40, height: 30, data: Buffer.alloc(4800, 90) }, 90).data;
    expect(outlineOf(whole)).toMatchObject({ frames: 1, scans: 1, pixels: 1200 });
    // A scan behind bytes that are no marker, and one within a table that says it is longer than it is.
    const hidden = Buffer.concat([whole.subarray(0, -2), Buffer.from([0, 0, 0, 0xff, 0xda, 0, 8, 0xff, 0xd9])]);
    expect(outlineOf(hidden).scans).toBe(2);
    const table = Buffer.from([0xff, 0xd8, 0xff, 0xdb, 0xff, 0xff, 0xff, 0xda, 0, 2, 0xff, 0xd9]);
    expect(outlineOf(table).scans).toBe(1);
  });
});

describe('any bytes', () => {
  it('are refused in a sentence: a PNG with any byte changed', () => {
    const whole = encodePng({ width: 5, height: 4, data: new Uint8Array(60).map((_, i) => 4 * i), channels: 3 });
    for (let at = 0; at < whole.length; at++) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at]! + 77) & 255;
      try {
        decodeImage(changed);
      } catch (error) {
        expect((error as Error).message).toMatch(/^It /);
        expect((error as Error).message).not.toMatch(/undefined|RangeError|not a function/);
      }
    }
  });
});
