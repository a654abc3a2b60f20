/** The drawn network as a figure: nothing lies on anything else, nothing is left out, and the file is sound. */
import { readFileSync } from 'node:fs';
import { Window } from 'happy-dom';
import { describe, expect, it } from 'vitest';
import { type Composition, compose, type Frame, type PlacedLink, type Point } from '#core/diagram/compose.ts';
import { drawDiagram } from '#core/diagram/diagram.ts';
import { FRAME } from '#core/diagram/frame-box.ts';
import { DEFAULT_DIAGRAM, type DiagramOptions } from '#core/diagram/options.ts';
import { escapeXml } from '#core/diagram/svg.ts';
import { fitText } from '#core/diagram/text.ts';
import { THEMES } from '#core/diagram/theme.ts';
import { solidOf, volumeScale } from '#core/diagram/volume-box.ts';
import { applyEdit } from '#core/network/edits.ts';
import { blockOf, expand, innerId } from '#core/network/expand.ts';
import { type Block, EMPTY_NETWORK, type LayerId, type Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { textWidth } from '#core/typeface/measure.ts';
import { chain, conv, input } from '../../networks.ts';

/** A network of layers under ids of their own: kind, then what feeds it. */
function network(layers: Readonly<Record<LayerId, readonly [kind: string, ...from: LayerId[]]>>): Network {
  const added = Object.entries(layers).reduce(
    (made, [id, [kind]]) => applyEdit(made, { type: 'add', kind, id, after: [] }),
    EMPTY_NETWORK,
  );
  return Object.entries(layers).reduce(
    (made, [to, [, ...from]]) =>
      from.reduce((wired, one) => applyEdit(wired, { type: 'connect', from: one, to }), made),
    added,
  );
}

const INCEPTION = network({
  input: ['Input'],
  narrow: ['Conv2D', 'input'],
  reduce: ['Conv2D', 'input'],
  relu: ['ReLU', 'reduce'],
  wide: ['Conv2D', 'relu'],
  pool: ['MaxPooling2D', 'input'],
  after: ['Conv2D', 'pool'],
  concat: ['Concatenate', 'narrow', 'wide', 'after'],
  second: ['Conv2D', 'concat'],
  third: ['Conv2D', 'second'],
  dense: ['Concatenate', 'third', 'second', 'concat', 'input'],
});

/** On a cycle, in two pieces, and with a kernel that does not fit. */
const WRONG = [
  { type: 'set-fields', layer: 'conv1', fields: { kernelSize: 99 } } as const,
  { type: 'connect', from: 'relu4', to: 'conv2' } as const,
  { type: 'add', kind: 'Conv2D', id: 'lost', after: [] } as const,
].reduce<Network>(applyEdit, findTemplate('lenet5')!.create().network);

const GROUP: readonly LayerId[] = ['conv2', 'bn2', 'relu2', 'conv3', 'bn3', 'add1', 'relu3'];
const BLOCKS = applyEdit(findTemplate('resnet20')!.create().network, {
  type: 'make-block',
  layers: GROUP,
  name: 'residual',
});

const NETWORKS: readonly (readonly [string, Network])[] = [
  ...TEMPLATES.map((template) => [template.id, template.create().network] as const),
  ['inception', INCEPTION],
  ['wrong', WRONG],
  ['blocks', BLOCKS],
];

const WAYS: readonly DiagramOptions[] = (['layers', 'volumes'] as const).flatMap((style) =>
  (['horizontal', 'vertical'] as const).flatMap((direction) =>
    [true, false].flatMap((fold) =>
      [true, false].map(
        (wrap) => ({ style, direction, blocks: 'collapsed', fold, wrap, theme: fold ? 'light' : 'dark' }) as const,
      ),
    ),
  ),
);
/** Large figures are parsed; a machine may be busy. */
const SLOW = { timeout: 60_000 };

const wayName = ({ style, direction, blocks, fold, wrap }: DiagramOptions) =>
  `${style} ${direction} ${blocks} ${fold ? 'folded' : 'apart'} ${wrap ? 'wrapped' : 'in a line'}`;

/** All ways to draw a network, with its blocks expanded too if it has some. */
function waysOf({ blocks }: Network): readonly (readonly [string, DiagramOptions])[] {
  const folded = WAYS.filter(({ fold }) => fold).map((way) => ({ ...way, blocks: 'expanded' as const }));
  const ways = blocks === undefined ? WAYS : [...WAYS, ...folded];
  return ways.map((way) => [wayName(way), way]);
}

function draw(drawn: Network, options: Partial<DiagramOptions> = {}, name = 'Test') {
  return drawDiagram(name, drawn, propagate(drawn), { ...DEFAULT_DIAGRAM, ...options });
}

function composed(drawn: Network, options: Partial<DiagramOptions> = {}): Composition {
  return compose(drawn, propagate(drawn), { ...DEFAULT_DIAGRAM, ...options });
}

const WINDOW = new Window();

/** The file as a parser of XML sees it; throws where it is not well-formed. */
function parsed(svg: string) {
  const document = new WINDOW.DOMParser().parseFromString(svg, 'image/svg+xml');
  const fault = document.querySelector('parsererror');
  if (fault !== null) throw new Error(fault.textContent ?? '');
  return document;
}

function overlap(a: Frame, b: Frame): boolean {
  const tolerance = 0.5;
  return (
    a.x + a.width > b.x + tolerance &&
    b.x + b.width > a.x + tolerance &&
    a.y + a.height > b.y + tolerance &&
    b.y + b.height > a.y + tolerance
  );
}

const right = ({ x, width }: Frame) => x + width;
const bottom = ({ y, height }: Frame) => y + height;

/** The layers that stand for blocks. */
function blocksIn(drawn: Network): ReadonlyMap<LayerId, Block> {
  return new Map(
    [...drawn.layers.values()].flatMap((layer) => {
      const block = blockOf(layer, drawn);
      return block === undefined ? [] : [[layer.id, block] as const];
    }),
  );
}

/** The straight parts of a link as thin rectangles. */
function strokes({ points }: PlacedLink): readonly Frame[] {
  return points.slice(1).map((point, i) => {
    const before = points[i] as Point;
    const [x, y] = [Math.min(before.x, point.x), Math.min(before.y, point.y)];
    return { x, y, width: Math.abs(point.x - before.x) + 1, height: Math.abs(point.y - before.y) + 1 };
  });
}

describe.each(NETWORKS)('%s', (_, drawn) => {
  it.each(waysOf(drawn))('%s: nothing lies on anything else', SLOW, (_, way) => {
    const { width, height, parts, links, frames: groups } = composed(drawn, way);
    const frames = parts.map(({ part, frame }) => ({ id: part.id, ...frame }));
    const whole = { x: 0, y: 0, width, height };
    const outside = ({ x, y, width: w, height: h }: Frame) =>
      x < whole.x || y < whole.y || x + w > whole.width || y + h > whole.height;
    const faults: string[] = frames.filter(outside).map(({ id }) => `${id} is cut off`);
    for (const [i, frame] of frames.entries()) {
      for (const other of frames.slice(i + 1)) if (overlap(frame, other)) faults.push(`${frame.id} on ${other.id}`);
    }
    const titles = groups.map(({ part, frame }) => ({ id: part.id, ...frame, height: FRAME.title }));
    for (const { part, frame } of groups) {
      if (outside(frame)) faults.push(`${part.id} is cut off`);
      for (const { id, ...other } of frames) {
        const isIn = id.startsWith(`${part.id}/`);
        const margins = [
          other.x - frame.x,
          other.y - frame.y - FRAME.title,
          right(frame) - right(other),
          bottom(frame) - bottom(other),
        ];
        if (isIn && Math.min(...margins) < 8) faults.push(`${id} leaves ${part.id}`);
        if (!isIn && overlap(other, frame)) faults.push(`${id} in ${part.id}`);
      }
      for (const { link, ...line } of links) {
        const isIn = link.from.startsWith(`${part.id}/`) || link.to.startsWith(`${part.id}/`);
        const isOut = !isIn && link.from !== part.id && link.to !== part.id;
        if (isOut && strokes({ link, ...line }).some((stroke) => overlap(stroke, frame))) {
          faults.push(`${link.from} to ${link.to} through ${part.id}`);
        }
      }
    }
    for (const link of links) {
      const { from, to } = link.link;
      const lines = strokes(link);
      for (const { id, ...title } of titles) {
        // Its own links end, and begin, at its edges.
        if (id === from || id === to) continue;
        if (lines.some((line) => overlap(line, title))) faults.push(`${from} to ${to} through the title of ${id}`);
      }
      if (lines.some(outside)) faults.push(`${from} to ${to} is cut off`);
      for (const frame of frames) {
        if (frame.id === from || frame.id === to) continue;
        if (lines.some((line) => overlap(line, frame))) faults.push(`${from} to ${to} through ${frame.id}`);
      }
    }
    // What runs together has its text in one place.
    const labels = [
      ...new Map(links.flatMap(({ label, text }) => (label ? [[`${text} ${label.x} ${label.y}`, label]] : []))),
    ];
    expect(labels.length > 0).toBe(way.style === 'layers');
    for (const [i, [text, label]] of labels.entries()) {
      if (outside(label)) faults.push(`${text} is cut off`);
      for (const { id, ...frame } of [...frames, ...titles]) if (overlap(label, frame)) faults.push(`${text} on ${id}`);
      for (const [other, frame] of labels.slice(i + 1)) if (overlap(label, frame)) faults.push(`${text} on ${other}`);
    }
    expect(faults).toEqual([]);
  });

  it.each(waysOf(drawn))('%s: every layer and link is there', SLOW, (_, way) => {
    const { parts, links } = composed(drawn, way);
    const shown = parts.flatMap(({ part }) => [part.id, ...part.folded.map(({ id }) => id)]);
    const flat = way.blocks === 'expanded' ? expand(drawn) : drawn;
    expect(shown.sort()).toEqual([...flat.layers.keys()].sort());
    const hidden = new Set(parts.flatMap(({ part }) => part.folded.map(({ id }) => id)));
    // A link into a block, and one out of it, end at its frame and go on from there.
    const opened = way.blocks === 'expanded' ? blocksIn(drawn) : new Map<LayerId, Block>();
    const outer = drawn.edges.filter(({ to }) => !hidden.has(to)).length;
    const inner = [...opened].flatMap(([id, block]) => block.edges.filter(({ to }) => !hidden.has(innerId(id, to))));
    expect(links).toHaveLength(outer + inner.length + opened.size);
    const document = parsed(draw(drawn, way).svg);
    const titles = [...document.querySelectorAll('g > title')].map(({ textContent }) => textContent).join('\n');
    for (const { name } of drawn.layers.values()) expect(titles.split(/[\s]/)).toContain(name);
    for (const block of opened.values()) {
      for (const { name } of block.layers.values()) expect(titles.split(/[\s]/)).toContain(name);
    }
  });
});

describe('the file', () => {
  it('the parser finds what is not well-formed', () => {
    expect(() => parsed('<svg xmlns="http://www.w3.org/2000/svg"><g>a & b</svg>')).toThrow();
  });

  it('says its size, what it is, and what is on it', () => {
    const { svg, width, height } = draw(findTemplate('lenet5')!.create().network, {}, 'LeNet-5');
    const element = parsed(svg).documentElement;
    expect(element.namespaceURI).toBe('http://www.w3.org/2000/svg');
    expect(['width', 'height', 'viewBox'].map((name) => element.getAttribute(name))).toEqual([
      String(width),
      String(height),
      `0 0 ${width} ${height}`,
    ]);
    expect(element.querySelector('title')?.textContent).toBe('LeNet-5');
    expect(element.querySelector('desc')?.textContent).toContain('14 layers, 61,706 params');
    const texts = [...element.querySelectorAll('text')].map(({ textContent }) => textContent);
    expect(texts).toEqual(
      expect.arrayContaining(['CONV', 'conv2', '16 · 5×5 S1', '10×10×16', '2,416 params', '+ RELU']),
    );
  });

  it('takes names of any letters and length', () => {
    const name = 'a<b>&"c"';
    const long = `${'very '.repeat(30)}long 網路 👩‍🔬`;
    let drawn = chain(input(1, 8), conv(4, 3), conv(4, 3));
    drawn = applyEdit(drawn, { type: 'rename', layer: 'conv1', name });
    drawn = applyEdit(drawn, { type: 'rename', layer: 'conv2', name: long });
    const element = parsed(draw(drawn, {}, `${name}\u0000\ud800`).svg).documentElement;
    expect(element.querySelector('title')?.textContent).toBe(`${name}\ufffd\ufffd`);
    const texts = [...element.querySelectorAll('text')].map(({ textContent }) => textContent ?? '');
    expect(texts).toContain(name);
    expect(texts).not.toContain(long);
    expect(texts.some((text) => text.startsWith('very very') && text.endsWith('…'))).toBe(true);
    const titles = [...element.querySelectorAll('g > title')].map(({ textContent }) => textContent ?? '');
    expect(titles.some((text) => text.includes(long))).toBe(true);
  });

  it('is a word where there is nothing to draw', () => {
    const document = parsed(draw(EMPTY_NETWORK).svg);
    expect(document.querySelector('text')?.textContent).toBe('There are no layers yet.');
  });

  it('marks what has a problem, and shows unknown volumes as such', () => {
    const { svg } = draw(chain(input(1, 8), conv(4, 99), conv(4, 3)));
    expect(svg).toContain(THEMES.light.danger);
    expect([...parsed(svg).querySelectorAll('text')].filter(({ textContent }) => textContent === '?')).toHaveLength(3);
    expect(draw(chain(input(1, 8), conv(4, 3))).svg).not.toContain(THEMES.light.danger);
  });
});

describe('text', () => {
  it('is cut between letters, never within one', () => {
    const font = { size: 10 };
    expect(fitText('pool', 100, font)).toBe('pool');
    for (let width = 0; width < 80; width++) {
      const shown = fitText('👩‍🔬👩‍🔬👩‍🔬', width, font);
      expect(textWidth(shown, font)).toBeLessThanOrEqual(width);
      expect(shown.replaceAll('👩‍🔬', '')).toMatch(/^…?$/);
    }
  });

  it('holds no character that XML does not', () => {
    expect(escapeXml('<&">\u0001\ufffe')).toBe('&lt;&amp;&quot;&gt;\ufffd\ufffd');
    expect(escapeXml('👩‍🔬')).toBe('👩‍🔬');
  });
});

describe('folding', () => {
  const names = (drawn: Network, options: Partial<DiagramOptions>) =>
    composed(drawn, options).parts.map(({ part }) => [part.id, ...part.folded.map(({ id }) => id)].join(' '));

  it('puts what works in place, or only normalises, with the layer before', () => {
    const drawn = chain(input(1, 8), conv(4, 3), ['BatchNormalization'], ['ReLU'], ['Flatten'], ['Dense'], ['Dropout']);
    expect(names(drawn, {})).toEqual(['input', 'conv1 bn1 relu1', 'flatten1', 'fc1 drop1']);
    expect(names(drawn, { fold: false })).toEqual([...drawn.layers.keys()]);
    // A volume is what does not work in place: BATCH NORM's is one, FLATTEN's is not.
    expect(names(drawn, { style: 'volumes' })).toEqual(['input', 'conv1 bn1 relu1 flatten1', 'fc1 drop1']);
    expect(names(drawn, { style: 'volumes', fold: false })).toEqual([
      'input',
      'conv1',
      'bn1 relu1 flatten1',
      'fc1 drop1',
    ]);
  });

  it('adds up the params of what it puts together', () => {
    const [, part] = composed(chain(input(1, 8), conv(4, 3), ['BatchNormalization'])).parts;
    // 4 filters of 3×3 and their biases; γ and β for each of 4 channels.
    expect(part?.part.params).toBe(4 * 9 + 4 + 2 * 4);
  });

  it('leaves alone what follows a volume that others take too', () => {
    const drawn = network({
      input: ['Input'],
      conv: ['Conv2D', 'input'],
      relu: ['ReLU', 'conv'],
      add: ['Add', 'conv', 'relu'],
    });
    expect(names(drawn, {})).toEqual(['input', 'conv', 'relu', 'add']);
    expect(names(drawn, { style: 'volumes' })).toEqual(['input', 'conv', 'relu', 'add']);
  });
});

describe('blocks', () => {
  const googlenet = findTemplate('googlenet')!.create().network;
  const resnet = findTemplate('resnet50')!.create().network;

  it('are boxes, or frames with their names around all that is in them', () => {
    expect(composed(googlenet).frames).toEqual([]);
    const { frames, parts } = composed(googlenet, { blocks: 'expanded' });
    expect(frames.map(({ part }) => part.block)).toEqual(
      ['3a', '3b', '4a', '4b', '4c', '4d', '4e', '5a', '5b'].map((name) => `inception ${name}`),
    );
    expect(parts.filter(({ part }) => part.id.startsWith('block1/')).map(({ part }) => part.id)).toHaveLength(8);
    const texts = [...parsed(draw(googlenet, { blocks: 'expanded' }).svg).querySelectorAll('text')];
    expect(texts.map(({ textContent }) => textContent)).toEqual(expect.arrayContaining(['inception 3a', 'block1']));
  });

  it('are drawn once where they repeat, if that is chosen', () => {
    const { frames, parts } = composed(resnet, { blocks: 'once' });
    const names = [...resnet.blocks!.keys()];
    expect(frames.map(({ part }) => part.block)).toEqual(names);
    const boxes = parts.filter(({ part }) => part.block !== undefined);
    expect(boxes).toHaveLength(16 - names.length);
  });

  it('show the branches in the order of their inputs, and the shortcut past what it skips', () => {
    const { parts, links, frames } = composed(googlenet, { blocks: 'expanded' });
    const yOf = (id: LayerId) => parts.find(({ part }) => part.id === `block1/${id}`)!.frame.y;
    const branches = ['conv1', 'conv2', 'conv4', 'pool1'].map(yOf);
    expect(branches).toEqual([...branches].sort((a, b) => a - b));
    expect(links.filter(({ link }) => link.from === 'block1' && link.to.startsWith('block1/'))).toHaveLength(4);
    const unit = composed(resnet, { blocks: 'expanded' });
    const shortcut = unit.links.find(({ link }) => link.from === 'block2' && link.to === 'block2/add1')!;
    const top = Math.min(...unit.parts.filter(({ part }) => part.id.startsWith('block2/')).map(({ frame }) => frame.y));
    expect(Math.min(...shortcut.points.map(({ y }) => y))).toBeLessThan(top);
    expect(frames.length + unit.frames.length).toBe(9 + 16);
  });

  it('take nothing in: what follows a frame is drawn by itself', () => {
    const after = applyEdit(BLOCKS, { type: 'insert-after', layer: 'block1', kind: 'ReLU' });
    const ids = (blocks: DiagramOptions['blocks']) => composed(after, { blocks }).parts.map(({ part }) => part.id);
    const relu = [...after.layers.keys()].find((id) => !BLOCKS.layers.has(id))!;
    expect(ids('collapsed')).not.toContain(relu);
    expect(ids('expanded')).toContain(relu);
  });

  it('draw a cycle, and a block that nothing feeds', () => {
    const cut = applyEdit(BLOCKS, { type: 'remove', layers: ['input'] });
    const loose = BLOCKS.edges
      .filter(({ to }) => to === 'block1')
      .reduce<Network>((drawn, edge) => applyEdit(drawn, { type: 'remove', layers: [], edges: [edge] }), BLOCKS);
    for (const drawn of [cut, loose]) expect(() => draw(drawn, { blocks: 'expanded' })).not.toThrow();
  });
});

describe('the page', () => {
  it('breaks a long network into rows or columns, and no residual block', () => {
    const { network: drawn } = findTemplate('resnet20')!.create();
    const line = composed(drawn, { wrap: false });
    for (const direction of ['horizontal', 'vertical'] as const) {
      const { width, height } = composed(drawn, { direction });
      expect(Math.max(width, height)).toBeLessThan(line.width / 3);
    }
    const rows = composed(drawn);
    const rowOf = (id: LayerId) => rows.parts.find(({ part }) => part.id === id)!.frame.y;
    const isNear = (a: LayerId, b: LayerId) => Math.abs(rowOf(a) - rowOf(b)) < 60;
    for (const [first, last] of [
      ['conv4', 'add2'],
      ['conv11', 'add5'],
      ['conv20', 'add9'],
    ] as const) {
      expect(isNear(first, last), `${first} ${last}`).toBe(true);
    }
    expect(isNear('conv4', 'add9')).toBe(false);
  });

  it('fills the rows: VGG-16 takes no more of them than its boxes need', () => {
    const { parts, width } = composed(findTemplate('vgg16')!.create().network);
    const rows = new Set(parts.map(({ frame }) => Math.round((frame.y + frame.height / 2) / 10)));
    expect(width).toBeLessThanOrEqual(992);
    // 13 CONVs, 5 POOLs, 3 FCs, INPUT and FLATTEN, four to a row.
    expect(rows.size).toBe(Math.ceil(23 / 4));
  });

  it('leaves what fits in one line', () => {
    const drawn = chain(input(1, 8), conv(4, 3), ['Flatten']);
    expect(draw(drawn)).toEqual(draw(drawn, { wrap: false }));
  });

  it('runs the way that was chosen', () => {
    const drawn = chain(input(1, 8), conv(4, 3), ['Flatten'], ['Dense']);
    for (const style of ['layers', 'volumes'] as const) {
      const across = composed(drawn, { style });
      const down = composed(drawn, { style, direction: 'vertical' });
      expect(across.width).toBeGreaterThan(across.height);
      expect(down.height).toBeGreaterThan(down.width);
      for (const [i, { frame }] of across.parts.slice(1).entries()) {
        expect(frame.x).toBeGreaterThan(across.parts[i]!.frame.x + across.parts[i]!.frame.width);
      }
      for (const [i, { frame }] of down.parts.slice(1).entries()) {
        expect(frame.y).toBeGreaterThan(down.parts[i]!.frame.y + down.parts[i]!.frame.height);
      }
    }
  });
});

describe('volumes are drawn to one scale', () => {
  const scale = volumeScale([], 'horizontal');
  const sizes = [1, 2, 3, 7, 28, 64, 224, 512, 4096, 65536];

  it.each(['horizontal', 'vertical'] as const)('%s: more is larger', (direction) => {
    const across = direction === 'horizontal';
    const at = (shape: readonly number[]) => {
      const { width, height, slant } = solidOf(shape, { ...scale, direction });
      return { depth: across ? width : height, side: across ? height : width, slant };
    };
    for (const [i, size] of sizes.slice(1).entries()) {
      const less = sizes[i] as number;
      expect(at([size, 8, 8]).depth).toBeGreaterThan(at([less, 8, 8]).depth);
      const sides = [at([8, size, 8]), at([8, 8, size])];
      const before = [at([8, less, 8]), at([8, 8, less])];
      // Of width and height one is a side of the front face, the other leads away.
      expect(
        sides.map(({ side, slant }) => side + slant).every((sum, j) => sum > before[j]!.side + before[j]!.slant),
      ).toBe(true);
      expect(at([size]).side).toBeGreaterThan(at([less]).side);
    }
    expect(at([4096]).depth).toBeLessThan(at([4096]).side / 10);
  });

  it('one pixel can be seen beside 224, and nothing is larger than a page', () => {
    for (const side of [8, 224, 4096]) {
      const parts = composed(chain(input(1, side)), { style: 'volumes' }).parts.map(({ part }) => part);
      const fitted = volumeScale(parts, 'horizontal');
      expect(solidOf([1, side, side], fitted).height).toBeLessThanOrEqual(110);
      expect(solidOf([1, 1, 1], fitted).height).toBeGreaterThan(1.5);
    }
  });
});

describe('colours', () => {
  const css = readFileSync(new URL('../../../renderer/ui/tokens.css', import.meta.url), 'utf8');
  const variable = (name: string) => {
    const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
    return { light: found?.[1], dark: found?.[2] };
  };

  it.each(['light', 'dark'] as const)('%s: are those of the app', (theme) => {
    const { background, text, muted, line, danger, tones } = THEMES[theme];
    const named = { panel: background, text, muted, danger };
    for (const [name, colour] of Object.entries(named)) expect(colour, name).toBe(variable(name)[theme]);
    expect(line).toBe(muted);
    for (const [category, tone] of Object.entries(tones)) {
      const name = category === 'Unknown' ? 'tone-neutral' : `tone-${category.toLowerCase()}`;
      expect(tone, name).toBe(variable(name)[theme]);
    }
  });
});
