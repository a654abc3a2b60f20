import { describe, expect, it } from 'vitest';
import { applyEdit } from '#core/network/edits.ts';
import { EMPTY_NETWORK } from '#core/network/network.ts';
import { Chain } from '#core/templates/chain.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { type Bar, PICTURE, type Picture, pictureOf } from '#renderer/start/network-picture.ts';
import { chain, conv, input } from '../../networks.ts';

const templatePicture = (id: string) => pictureOf(findTemplate(id)!.create().network);

/** The bars of each column, from left to right. */
function columnsOf({ bars }: Picture): readonly (readonly Bar[])[] {
  const places = [...new Set(bars.map(({ x }) => x))].sort((a, b) => a - b);
  return places.map((place) => bars.filter(({ x }) => x === place));
}

describe('the picture of a network', () => {
  it.each(TEMPLATES.map((template) => [template.id, template] as const))(
    '%s: stays within its frame',
    (_, template) => {
      const { bars, lines } = pictureOf(template.create().network);
      expect(bars.length).toBeGreaterThan(5);
      for (const { x, y, width, height } of bars) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(-1e-6);
        expect(x + width).toBeLessThanOrEqual(PICTURE.width + 1e-6);
        expect(y + height).toBeLessThanOrEqual(PICTURE.height + 1e-6);
        expect(Math.min(width, height)).toBeGreaterThan(0.4);
      }
      for (const [x, y] of lines.flatMap(({ points }) => points)) {
        expect(x).toBeLessThanOrEqual(PICTURE.width);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThanOrEqual(PICTURE.height);
      }
    },
  );

  it('tells every template from every other', () => {
    const drawn = TEMPLATES.map((template) => JSON.stringify(pictureOf(template.create().network).bars));
    expect(new Set(drawn).size).toBe(TEMPLATES.length);
  });

  it('has a bar for each volume that is not made in place, lower and thicker with each round', () => {
    const { bars, lines } = pictureOf(
      chain(input(3, 32), conv(16, 3, 1, 1), ['BatchNormalization'], ['ReLU'], ['MaxPooling2D'], conv(64, 3, 1, 1)),
    );
    expect(bars.map(({ id }) => id)).toEqual(['input', 'conv1', 'pool1', 'conv2']);
    expect(lines).toEqual([]);
    const [, first, , second] = bars as readonly [Bar, Bar, Bar, Bar];
    expect(second.height).toBeLessThan(first.height);
    expect(second.width).toBeGreaterThan(first.width);
  });

  it('shows the four branches of an inception module above each other, the short one as a line on its way', () => {
    const picture = templatePicture('googlenet');
    const module = columnsOf(picture).filter(([bar]) => bar?.id.startsWith('block1/'));
    expect(module.map((column) => column.map(({ id }) => id))).toEqual([
      ['block1/conv1', 'block1/conv2', 'block1/conv4', 'block1/pool1'],
      ['block1/conv3', 'block1/conv5', 'block1/conv6'],
      ['block1/concat1'],
    ]);
    const [first = [], , concat = []] = module;
    for (const [i, bar] of first.entries()) {
      const above = first[i - 1];
      if (above !== undefined) expect(bar.y).toBeGreaterThan(above.y + above.height);
      expect(bar.pale).toBe(i < 3);
    }
    const line = picture.lines.find(({ id }) => id.startsWith('block1/concat1'))!;
    const [one] = first as readonly [Bar];
    expect(line.points[0]![0]).toBeCloseTo(one.x + one.width);
    expect(line.points.at(-1)![0]).toBeCloseTo(concat[0]!.x);
  });

  it('has one line for each shortcut of a residual network, past the bars of its body', () => {
    const { bars, lines } = templatePicture('resnet18');
    // Eight units: from what feeds one to its addition, or from its 1×1 CONV past the second CONV of the body.
    expect(lines).toHaveLength(8);
    for (const { id, points } of lines) {
      const name = id.split('/')[0];
      const body = bars.filter((bar) => bar.id === `${name}/conv2`);
      expect(body).toHaveLength(1);
      const [{ x, y, height }] = body as [Bar];
      expect(points.filter(([px, py]) => px >= x && py > y + height)).not.toHaveLength(0);
    }
  });

  it('cuts a CONV in groups into as many parts', () => {
    const [whole, halves] = [templatePicture('alexnet'), templatePicture('alexnet-grouped')];
    const parts = (picture: Picture, id: string) => picture.bars.filter((bar) => bar.id.split(' ')[0] === id).length;
    expect(['conv1', 'conv2', 'conv3', 'conv4', 'conv5'].map((id) => parts(halves, id))).toEqual([1, 2, 1, 2, 2]);
    expect(parts(whole, 'conv2')).toBe(1);
  });

  it('is empty for nothing, and leaves out what has no shape', () => {
    expect(pictureOf(EMPTY_NETWORK)).toEqual({ bars: [], lines: [] });
    const loose = applyEdit(chain(input(3, 8)), { type: 'add', kind: 'Conv2D', id: 'c' });
    expect(pictureOf(loose).bars.map(({ id }) => id)).toEqual(['input']);
    const nobody = new Chain();
    nobody.add('ReLU');
    expect(pictureOf(nobody.network).bars).toEqual([]);
  });
});
