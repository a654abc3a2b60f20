/** What is offered with one click leaves the whole network better than it was. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fields } from '#core/layers/fields.ts';
import { layerDefinition } from '#core/layers/index.ts';
import { windowFixes } from '#core/layers/window-fixes.ts';
import { applyEdit } from '#core/network/edits.ts';
import type { LayerId, Network } from '#core/network/network.ts';
import { harmlessFixes, offeredFixes } from '#core/network/offered-fixes.ts';
import { type Problem, toFix } from '#core/network/problems.ts';
import { propagate } from '#core/network/propagate.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { isVolume, type Volume } from '#core/shape.ts';
import { blankDesign, findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { chain, conv, input, type Step } from '../../networks.ts';
import { editedBy, randomSteps } from '../../random-edits.ts';

/** Layers and settings drawn from numbers, so that fast-check can shrink them. */
const window = fc.record({
  kind: fc.constantFrom('Conv2D', 'SeparableConv2D', 'DepthwiseConv2D', 'MaxPooling2D', 'AveragePooling2D'),
  size: fc.oneof(
    fc.integer({ min: 1, max: 60 }),
    fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
  ),
  strides: fc.integer({ min: 1, max: 5 }),
  padding: fc.oneof(fc.constant('same' as const), fc.integer({ min: 0, max: 9 }), fc.constant(500)),
  dilation: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(256)),
  filters: fc.integer({ min: 1, max: 6 }),
  groups: fc.integer({ min: 1, max: 4 }),
});
const other = fc.constantFrom<Step>(
  ['ReLU'],
  ['BatchNormalization'],
  ['Flatten'],
  ['Dense', { units: 4 }],
  ['LocalResponseNormalization', { size: 4 }],
  ['UpSampling2D'],
  ['ZeroPadding2D'],
  ['GlobalAveragePooling2D'],
  ['Reshape', { channels: 2, height: 3, width: 3 }],
  ['UpSampling2D', { size: 64 }],
  ['Softmax'],
);
const anyStep = fc.oneof(
  window.map(({ kind, size, strides, padding, dilation, filters, groups }): Step => {
    const pool = kind.includes('Pool');
    const own: Fields = pool ? { poolSize: size } : { kernelSize: size, dilation };
    return [
      kind,
      {
        ...own,
        strides,
        padding,
        ...(kind.includes('2D') && !pool && kind !== 'DepthwiseConv2D' && { filters }),
        ...(kind === 'Conv2D' && { groups }),
      },
    ];
  }),
  other,
);
/** Networks with whatever faults; shortcuts may close loops. */
const faulty = fc
  .record({
    side: fc.integer({ min: 1, max: 40 }),
    channels: fc.integer({ min: 1, max: 4 }),
    steps: fc.array(anyStep, { minLength: 1, maxLength: 8 }),
    edges: fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 })), { maxLength: 3 }),
  })
  .map(({ side, channels, steps, edges }): Network => {
    const network = chain(input(channels, side), ...steps);
    const ids = [...network.layers.keys()];
    const more = edges.flatMap(([a, b]) => {
      const [from, to] = [ids[a % ids.length] as LayerId, ids[b % ids.length] as LayerId];
      return from === to || network.edges.some((edge) => edge.from === from && edge.to === to) ? [] : [{ from, to }];
    });
    const distinct = new Map(more.map((edge) => [JSON.stringify(edge), edge]));
    return { ...network, edges: [...network.edges, ...distinct.values()] };
  });

const keyOf = ({ code, layer, message }: Problem) => (code === 'cycle' ? message : `${code} ${layer}`);

/** Applies each offered fix and compares by plain propagation; returns how many were offered. */
function expectImprovements(network: Network): number {
  const report = propagate(network);
  let offered = 0;
  for (const problem of report.problems) {
    for (const fix of offeredFixes(network, report, problem)) {
      offered += 1;
      const changed = fix.edits.reduce(applyEdit, network);
      const after = propagate(changed);
      const before = report.problems.map(keyOf);
      expect(after.problems.length, fix.label).toBeLessThan(before.length);
      expect(before, fix.label).toEqual(expect.arrayContaining(after.problems.map(keyOf)));
      const design = { ...blankDesign(), network: changed };
      expect(parseDesign(formatDesign(design)).network, fix.label).toEqual(changed);
      for (const [id, { shape }] of report.layers) {
        if (shape !== undefined && after.layers.has(id)) expect(after.layers.get(id)?.shape, fix.label).toBeDefined();
      }
    }
  }
  return offered;
}

describe('an offered fix', () => {
  it('improves the network, whatever is wrong with it', () => {
    let offered = 0;
    fc.assert(
      fc.property(faulty, (network) => {
        offered += expectImprovements(network);
      }),
      { numRuns: 1500, seed: 1 },
    );
    expect(offered).toBeGreaterThan(300);
  }, 120_000);

  it('improves the network after random edits, blocks among them', () => {
    let offered = 0;
    fc.assert(
      fc.property(randomSteps, (steps) => {
        offered += expectImprovements(editedBy(steps));
      }),
      { numRuns: 400, seed: 1 },
    );
    expect(offered).toBeGreaterThan(40);
  }, 120_000);

  it('leaves the reports of the network on the canvas as they are', () => {
    const network = chain(input(1, 28), conv(4, 50), ['ReLU'], ['MaxPooling2D'], ['Flatten'], ['Dense']);
    const report = propagate(network);
    expect(offeredFixes(network, report, report.problems[0]!).length).toBeGreaterThan(0);
    const again = propagate({ ...network });
    for (const [id, found] of report.layers) expect(again.layers.get(id)).toBe(found);
  });
});

/** Networks without a problem, into which one of the lectures' standard faults is put. */
const SOUND = TEMPLATES.map(({ id }) => [id, findTemplate(id)!.create().network] as const).filter(
  ([, { layers }]) => layers.size <= 80,
);

function withFields(network: Network, layer: LayerId, fields: Fields): Network {
  return applyEdit(network, { type: 'set-fields', layer, fields });
}

/** The labels of what is offered for a problem that a layer has to have. */
function expectOffer(network: Network, layer: LayerId, code: Problem['code']): readonly string[] {
  const report = propagate(network);
  const problem = report.problems.find((one) => one.layer === layer && one.code === code);
  if (problem === undefined) return expect.fail(`${layer} has no problem ${code}.`);
  const labels = offeredFixes(network, report, problem).map(({ label }) => label);
  expect(labels.length, `${layer}: ${problem.message}`).toBeGreaterThan(0);
  return labels;
}

describe.each(SOUND)('in %s, of the standard faults', (_, network) => {
  const layersOf = (...kinds: readonly string[]) =>
    [...network.layers.values()].filter(({ kind }) => kinds.includes(kind));

  it('FC without FLATTEN gets one back', { timeout: 60_000 }, () => {
    for (const flatten of layersOf('Flatten')) {
      const [from] = network.edges.filter(({ to }) => to === flatten.id);
      const fed = network.edges.filter((edge) => edge.from === flatten.id);
      const without = fed.reduce(
        (next, { to }) => applyEdit(next, { type: 'connect', from: from!.from, to }),
        applyEdit(network, { type: 'remove', layers: [flatten.id] }),
      );
      for (const { to } of fed) {
        if (network.layers.get(to)?.kind !== 'Dense') continue;
        expect(expectOffer(without, to, 'needs-vector')).toContain('Insert FLATTEN');
      }
    }
  });

  it('a window that is too large, or has too much padding, gets a size that works', { timeout: 60_000 }, () => {
    const report = propagate(network);
    for (const layer of layersOf('Conv2D', 'MaxPooling2D', 'AveragePooling2D', 'DepthwiseConv2D', 'SeparableConv2D')) {
      const [shape = []] = report.layers.get(layer.id)?.inputShapes ?? [];
      if (!isVolume(shape)) continue;
      const sizeField = layerDefinition(layer.kind)?.window?.(layer.fields as never)?.sizeField ?? '';
      for (const kernelSize of [shape[1] + 3, 1000]) {
        expectOffer(withFields(network, layer.id, { [sizeField]: kernelSize, padding: 0 }), layer.id, 'window');
      }
      expectOffer(withFields(network, layer.id, { padding: 500 }), layer.id, 'field');
    }
  });

  it('groups that do not divide get some that do', { timeout: 60_000 }, () => {
    const report = propagate(network);
    for (const layer of layersOf('Conv2D')) {
      const depth = report.layers.get(layer.id)?.inputShapes[0]?.[0] ?? 0;
      const divide = (groups: number) => depth % groups === 0 && Number(layer.fields['filters']) % groups === 0;
      for (const groups of [3, 7, 1000].filter((one) => !divide(one))) {
        expectOffer(withFields(network, layer.id, { groups }), layer.id, 'groups');
      }
    }
  });
});

describe('what only moves the trouble is not offered', () => {
  it('a kernel that leaves 1×1 to a POOL of 2×2', () => {
    const lenet = findTemplate('lenet5')!.create().network;
    const network = withFields(lenet, 'conv1', { kernelSize: 50 });
    const labels = expectOffer(network, 'conv1', 'window');
    // 28 + 2·17 − 50 + 1 = 13 and 28 + 2·2 − 21 + 1 = 12: pool1 6, conv2 2, pool2 1.
    expect(labels).toEqual(['Set padding P to 17', 'Set kernel size F to 21']);
    // (28 + 2·2 − 32)/1 + 1 = 1: pool1 would have nothing to halve.
    expect(labels).not.toContain('Set kernel size F to 32');
  });

  it('a change that makes a window exact and breaks a layer behind it', () => {
    // Two ways of halving 8×8 that floor, added: (8 − 3 + 2·1)/2 + 1 = 4.5 and (8 − 1)/2 + 1 = 4.5.
    let network = chain(input(2, 8), conv(2, 3, 2, 1), ['Add'], ['Flatten'], ['Dense']);
    network = applyEdit(network, { type: 'add', kind: 'Conv2D', id: 'short', after: ['input'] });
    network = withFields(network, 'short', { filters: 2, kernelSize: 1, strides: 2, padding: 0 });
    network = applyEdit(network, { type: 'connect', from: 'short', to: 'add1' });
    const report = propagate(network);
    expect(report.problems).toEqual([]);
    const { layer, inputShapes } = report.layers.get('conv1')!;
    const exact = windowFixes(inputShapes[0] as Volume, layerDefinition('Conv2D')!.window!(layer.fields));
    const changes = exact.map((fix) => toFix('conv1', fix));
    // (8 − 2 + 2)/2 + 1 = 5 and (8 − 3 + 2)/1 + 1 = 8 do not go with the 4×4 of the other; (8 − 4 + 2)/2 + 1 = 4 does.
    expect(changes.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['Set kernel size F to 2', 'Set kernel size F to 4', 'Set stride S to 1']),
    );
    expect(harmlessFixes(network, report, changes).map(({ label }) => label)).toEqual(['Set kernel size F to 4']);
  });

  it('the removal of an output whose feeder would be the next one: the whole branch goes', () => {
    let network = chain(input(1, 8), ['ReLU'], ['Flatten'], ['Dense']);
    network = applyEdit(network, { type: 'add', kind: 'Conv2D', id: 'conv1', after: ['relu1'] });
    network = applyEdit(network, { type: 'add', kind: 'Sigmoid', id: 'sigmoid1', after: ['conv1'] });
    const report = propagate(network);
    const [problem] = report.problems;
    expect(offeredFixes(network, report, problem!).map(({ label }) => label)).toEqual([
      'Remove fc1 and the layer that only lead there',
      'Remove sigmoid1 and the layer that only lead there',
    ]);
  });
});
