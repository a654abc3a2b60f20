import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawDiagram } from '#core/diagram/diagram.ts';
import { DEFAULT_DIAGRAM } from '#core/diagram/options.ts';
import { fitMessage, formatRatio } from '#core/fit.ts';
import { formatBytes, formatWhole } from '#core/format.ts';
import { BLOCK } from '#core/layers/block.ts';
import type { FieldSpec, FieldSpecs, Fields, FieldValue } from '#core/layers/fields.ts';
import { LAYERS, layerDefinition } from '#core/layers/index.ts';
import { trainingBytes } from '#core/network/costs.ts';
import { applyEdit } from '#core/network/edits.ts';
import { expand } from '#core/network/expand.ts';
import { inputsOf, type Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { fieldSides } from '#core/network/receptive-field.ts';
import type { LayerReport } from '#core/network/report.ts';
import { isVolume } from '#core/shape.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { workingOf } from '#core/working/of-layer.ts';
import { SLIDES } from '#core/working/slides.ts';
import { workingOfTotal } from '#core/working/totals.ts';
import { QUANTITIES, type Quantity, type Step, TOTALS, type Working } from '#core/working/working.ts';
import { chain, conv, type Step as DrawnStep, input } from '../../networks.ts';

const [BATCH, SLOTS] = [24, 1];

/** Computes what a step puts into its formula; undefined where that is no arithmetic. */
function compute({ values }: Step): number | undefined {
  const source = values.split(' = ')[0] ?? '';
  // "8 × 2" is a product, "28×28×6" a volume.
  if (!/\d/.test(source) || /[a-z]|\d×\d/i.test(source)) return undefined;
  const code = source
    .replaceAll(/[,\s]/g, '')
    .replaceAll('−', '-')
    .replaceAll(/[·×]/g, '*')
    .replaceAll('⌊', 'Math.floor(')
    .replaceAll('⌈', 'Math.ceil(')
    .replaceAll(/[⌋⌉]/g, ')');
  return new Function(`return ${code}`)() as number;
}

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** The number in a result, and how far it may be from what was rounded: "2,416", "28.99 kB", "−17", "1/3", "5×5". */
function numberIn(result: string): { readonly value: number; readonly rounding: number } | undefined {
  const [number = '', unit = 'B'] = result.replaceAll(',', '').replaceAll('−', '-').split(' ');
  const sides = new Set(number.split('×'));
  const [side = ''] = sides;
  if (sides.size > 1 || !/^-?[\d.]+(\/\d+)?$/.test(side)) return undefined;
  const [above, below = '1'] = side.split('/');
  const decimals = side.split('.')[1]?.length;
  const size = UNITS[unit] ?? Number.NaN;
  return {
    value: (Number(above) / Number(below)) * size,
    rounding: decimals === undefined ? 0 : (size * 0.5000001) / 10 ** decimals,
  };
}

function expectArithmetic(steps: readonly Step[], of: string): number {
  let checked = 0;
  for (const step of steps) {
    const [found, shown] = [compute(step), numberIn(step.result)];
    if (found === undefined) continue;
    const text = `${of}: ${step.values} = ${step.result}`;
    if (shown === undefined) expect.fail(`${text}, which is no number`);
    checked += 1;
    // Beyond 2^53 the digits shown are those of a double.
    expect(Math.abs(found - shown.value), text).toBeLessThanOrEqual(shown.rounding + 1e-12 * Math.abs(found));
    const [, rounded] = step.values.split(' = ');
    if (rounded !== undefined) expect(compute({ ...step, values: rounded }), text).toBe(shown.value);
  }
  return checked;
}

function workings(network: Network) {
  const report = propagate(network);
  const inputs = inputsOf(expand(network));
  return [...report.layers.values()].flatMap((found) =>
    QUANTITIES.map((quantity) => {
      const feeding = (inputs.get(found.layer.id) ?? []).flatMap((id) => report.layers.get(id) ?? []);
      const around = { network: report, feeding, batch: BATCH, slots: SLOTS };
      return { found, quantity, working: workingOf(found, quantity, around) };
    }),
  );
}

const TOLD = {
  params: ({ costs }: LayerReport) => formatWhole(costs.params),
  macs: ({ costs }: LayerReport) => formatWhole(costs.macs),
  memory: ({ costs }: LayerReport) => formatBytes(trainingBytes(costs, BATCH, SLOTS)),
} as const;

describe.each(TEMPLATES.map((template) => [template.id, template] as const))('the working of %s', (_, template) => {
  const { network } = template.create();

  it('computes, for every number of every layer, what the ledger shows', () => {
    let checked = 0;
    for (const { found, quantity, working } of workings(network)) {
      const of = working.title;
      checked += expectArithmetic(working.steps, of);
      const results = working.steps.map(({ result }) => result);
      if (quantity === 'params' || quantity === 'macs' || quantity === 'memory') {
        expect(results.at(-1), of).toBe(TOLD[quantity](found));
      }
      if (quantity === 'activations' && found.layer.kind !== BLOCK) {
        expect(results[0], of).toBe(formatWhole(found.costs.activations));
      }
      if (quantity === 'receptiveField' && found.receptiveField !== undefined) {
        expect(results, of).toContain(fieldSides(found.receptiveField).toReversed().join('×'));
      }
      if (quantity === 'output') {
        expect(results.length, of).toBeGreaterThan(0);
        const { shape = [], fit } = found;
        if (fit !== undefined && isVolume(shape)) expect(results).toEqual([shape[2], shape[1], shape[0]].map(String));
      }
    }
    expect(checked).toBeGreaterThan(20);
  });

  it('adds up to the sums under the ledger', () => {
    const report = propagate(network);
    for (const total of TOTALS) {
      const { steps } = workingOfTotal(report, total, BATCH, SLOTS);
      const [sum, ...parts] = steps.map(({ result }) => numberIn(result)?.value ?? Number.NaN).toReversed() as [
        number,
        ...number[],
      ];
      const added = parts.reduce((a, b) => a + b, 0);
      // Counts are told to the last digit, bytes with two decimals each.
      const exact = total === 'params' || total === 'macs';
      expect(Math.abs(added - sum) / sum, total).toBeLessThanOrEqual(exact ? 0 : 0.005);
    }
  });
});

/** Settings of every kind, within what its schema takes and mostly of no use: negative, fractional or no volumes. */
function anyValue(spec: FieldSpec): fc.Arbitrary<FieldValue> {
  const whole = (min: number, max: number) =>
    fc.oneof(fc.integer({ min, max: Math.min(max, 8) }), fc.integer({ min, max: Math.min(max, 60) }), fc.constant(max));
  const size = (min: number, max: number) =>
    fc.oneof<fc.Arbitrary<FieldValue>[]>(whole(min, max), fc.tuple(whole(min, max), whole(min, max)));
  switch (spec.type) {
    case 'integer':
      return whole(spec.min, spec.max);
    case 'real':
      return fc.constant(spec.default);
    case 'flag':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...Object.keys(spec.choices));
    case 'size':
      return size(spec.min, spec.max);
    case 'padding':
      return fc.oneof(size(0, spec.max), fc.constant('same'));
    case 'perChannel':
      return fc.oneof(fc.constant(1), fc.constant([1, 2, 3]));
    case 'text':
      return fc.constant('');
    default:
      return spec satisfies never;
  }
}

const anyLayer = fc
  .constantFrom(...LAYERS.filter(({ kind }) => kind !== 'Input'))
  .chain(({ kind, fields }) =>
    fc
      .record(Object.fromEntries(Object.entries(fields as FieldSpecs).map(([name, spec]) => [name, anyValue(spec)])))
      .map((values): DrawnStep => [kind, values]),
  );

/** Shapes, branches and blocks: a layer of whatever settings may be fed by any that came before. */
const anyNetwork = fc
  .record({
    side: fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 6 })),
    steps: fc.array(anyLayer, { minLength: 1, maxLength: 5 }),
    more: fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })), { maxLength: 3 }),
    block: fc.boolean(),
  })
  .map(({ side: [height, width, channels], steps, more, block }): Network => {
    let network = chain(input(channels, height, width), ...steps);
    const ids = [...network.layers.keys()];
    for (const [a, b] of more) {
      const [from, to] = [a, b].sort((x, y) => x - y).map((at) => ids[at % ids.length] ?? '') as [string, string];
      if (layerDefinition(network.layers.get(to)?.kind ?? '')?.arity.max === 64) {
        network = applyEdit(network, { type: 'connect', from, to });
      }
    }
    return block ? applyEdit(network, { type: 'make-block', layers: ids.slice(1, 3), name: 'any' }) : network;
  });

describe('whatever a layer is set to', () => {
  it('its status, message, volume and derivations say the same, and all arithmetic is right', () => {
    const seen = { kinds: new Set<string>(), impossible: 0, negative: 0, fractional: 0, padded: 0, checked: 0 };
    fc.assert(
      fc.property(anyNetwork, (network) => {
        for (const { found, quantity, working } of workings(network)) {
          seen.checked += expectArithmetic(working.steps, working.title);
          expectConsistent(found, quantity, working);
          if (quantity !== 'output' || found.fit === undefined) continue;
          seen.kinds.add(found.layer.kind);
          const { status, height, width } = found.fit;
          if (status === 'impossible') seen.impossible += 1;
          for (const { formula, cause } of [height, width]) {
            if (formula < 0) seen.negative += 1;
            if (cause !== undefined && !Number.isInteger(formula)) seen.fractional += 1;
            if (cause === 'too-much-padding') seen.padded += 1;
          }
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
    // The draw was worth it: every kind with a window, and every way in which it can be impossible.
    expect([...seen.kinds].sort()).toEqual(
      LAYERS.flatMap((layer) => ('window' in layer ? [layer.kind] : [])).toSorted(),
    );
    const { kinds: _, checked, ...ways } = seen;
    expect(checked).toBeGreaterThan(10_000);
    for (const [way, count] of Object.entries(ways)) expect(count, way).toBeGreaterThan(100);
  }, 120_000);

  it('conv1 of LeNet-5 with F = 50 shows −17, and with P = 1000 that there is no volume', () => {
    const lenet = findTemplate('lenet5')!.create().network;
    const outputOf = (fields: Fields) => {
      const network = applyEdit(lenet, { type: 'set-fields', layer: 'conv1', fields });
      return workings(network).find(({ found, quantity }) => found.layer.id === 'conv1' && quantity === 'output')!;
    };
    const large = outputOf({ kernelSize: 50 });
    expect(large.working.steps[0]).toMatchObject({ values: '(28 − 50 + 2·2)/1 + 1', result: '−17' });
    expect(large.found.problems[0]?.message).toContain('(28 − 50 + 2·2)/1 + 1 = −17');
    const padded = outputOf({ padding: 1000 });
    expect(padded.found.fit?.status).toBe('impossible');
    expect(padded.working.steps[0]).toMatchObject({ values: '(28 − 5 + 2·1000)/1 + 1', result: '2024' });
    expect(padded.working.remarks).toEqual([
      'There is no output volume.',
      'A window that reaches over 5 pixels takes at most 4 of padding, got 1000.',
    ]);
    // The diagram has no volume either, and marks the layer.
    const network = applyEdit(lenet, { type: 'set-fields', layer: 'conv1', fields: { padding: 1000 } });
    const { svg } = drawDiagram('LeNet-5', network, propagate(network), DEFAULT_DIAGRAM);
    expect(svg).toContain('takes at most 4 of padding, got 1000');
    expect(svg).not.toMatch(/exact|28×28×6/);
  });
});

/** Status, message, derivation and volume of a layer never contradict each other. */
function expectConsistent(
  { fit, shape, problems, costs, waitsFor }: LayerReport,
  quantity: Quantity,
  working: Working,
) {
  const of = working.title;
  const results = working.steps.map(({ result }) => result);
  const said = [...working.steps.map(({ formula }) => formula), ...working.remarks].join(' ');
  if (shape === undefined) {
    // There is always a reason, and no number that would need a volume.
    expect(problems.length > 0 || waitsFor !== undefined, of).toBe(true);
    if (!of.includes('block')) expect(said, of).toMatch(/no output volume/);
    for (const { message } of problems) if (quantity === 'output') expect(working.remarks, of).toContain(message);
    if (quantity === 'receptiveField') expect(results, of).toEqual([]);
    if (fit === undefined || quantity !== 'output') return;
    expect(fit.status, of).toBe('impossible');
    expect(fitMessage(fit), of).not.toMatch(/^(Fits|Rounded)/);
    expect(problems[0]?.message, of).toContain(fitMessage(fit));
    expect(results, of).toEqual(
      [fit.width, fit.height].map((axis) =>
        axis.status === 'floors' ? String(axis.out) : formatRatio(axis.formula, 3),
      ),
    );
    return;
  }
  expect(fit?.status, of).not.toBe('impossible');
  expect(said, of).not.toMatch(/no output volume/);
  if (quantity === 'output' && fit !== undefined && isVolume(shape)) {
    expect(results, of).toEqual([shape[2], shape[1], shape[0]].map(String));
    expect(
      working.remarks.some((text) => text.startsWith('Rounded down')),
      of,
    ).toBe(fit.status === 'floors');
  }
  if (quantity === 'params') expect(results.at(-1), of).toBe(formatWhole(costs.params));
  if (quantity === 'macs') expect(results.at(-1), of).toBe(formatWhole(costs.macs));
}

describe('every kind of layer', () => {
  it('says how its volume comes about', () => {
    const network = chain(
      input(3, 12),
      ['ZeroPadding2D', { padding: 2 }],
      ['SeparableConv2D', { filters: 8, kernelSize: 3, dilation: 2 }],
      ['UpSampling2D', { size: 2 }],
      ['DepthwiseConv2D', { depthMultiplier: 2, padding: 'same', strides: 2 }],
      ['GlobalAveragePooling2D'],
      ['Dense', { units: 12 }],
      ['Reshape', { channels: 3, height: 2, width: 2 }],
    );
    const seen = new Map(
      workings(network).flatMap(({ found, quantity, working }) => {
        expectArithmetic(working.steps, working.title);
        return quantity === 'output' ? [[found.layer.kind, working.steps] as const] : [];
      }),
    );
    expect(seen.get('ZeroPadding2D')?.[0]).toEqual({ formula: 'W₂ = W₁ + 2P', values: '12 + 2·2', result: '16' });
    expect(seen.get('UpSampling2D')?.[0]?.values).toMatch(/^\d+·2$/);
    expect(seen.get('DepthwiseConv2D')?.at(-1)).toMatchObject({ values: '8 × 2', result: '16' });
    expect(seen.get('SeparableConv2D')?.[0]?.formula).toContain('D(F − 1) + 1');
    for (const [kind, steps] of seen) expect(steps[0]?.formula, kind).not.toBe('');
    expect(seen.size).toBe(network.layers.size);
    expect(layerDefinition('Conv2D')?.outputSteps).toBeUndefined();
  });

  it('says how its receptive field comes about, also where not all values see alike', () => {
    let network = chain(
      input(1, 24, 20),
      ['MaxPooling2D'],
      ['UpSampling2D', { size: [1, 2] }],
      ['Conv2D', { filters: 1, kernelSize: [3, 2], padding: 'same' }],
      ['Conv2D', { filters: 1, kernelSize: 3, padding: 1, dilation: [1, 1] }],
    );
    network = applyEdit(network, { type: 'add', kind: 'Add', id: 'add1', after: ['conv1', 'conv2'] });
    const fields = workings(network).filter(({ quantity }) => quantity === 'receptiveField');
    const checked = fields.map(({ working }) => expectArithmetic(working.steps, working.title));
    expect(checked.reduce((a, b) => a + b)).toBeGreaterThan(6);
    const steps = new Map(fields.map(({ found, working }) => [found.layer.id, working.steps]));
    expect(steps.get('pool1')?.[0]).toMatchObject({ values: '1 + (2 − 1)·1', result: '2×2' });
    // Columns 2·⌊x/2⌋ and 2·⌊(x + 1)/2⌋ on: two of the image's or four.
    const conv1 = steps.get('conv1')?.map(({ values, result }) => `${values} = ${result}`);
    expect(conv1).toEqual(['3 − 0 + 1 = 4', '2 + (3 − 1)·2 = 6', '2·1 = 2', ' = 4×6']);
    expect(steps.get('add1')?.[0]?.formula).toBe('width: the last pixel that one of its inputs sees − the first + 1');
  });

  it('says what memory a frozen layer takes', () => {
    const network = chain(
      input(1, 6),
      ['Conv2D', { filters: 2, trainable: false }],
      ['Flatten'],
      ['Dense', { units: 5 }],
    );
    const report = propagate(network);
    for (const { found, quantity, working } of workings(network)) {
      if (quantity !== 'memory') continue;
      expectArithmetic(working.steps, working.title);
      const [weights, activations, together] = working.steps.map(({ result }) => numberIn(result)?.value ?? Number.NaN);
      // Told with two decimals each.
      expect(Math.abs(weights! + activations! - together!), found.layer.name).toBeLessThanOrEqual(0.01 * together!);
      expect(working.steps.at(-1)?.result).toBe(formatBytes(trainingBytes(found.costs, BATCH, SLOTS)));
      expect(working.steps[0]?.formula.includes('frozen')).toBe(found.layer.id === 'conv1');
    }
    const { steps } = workingOfTotal(report, 'memory', BATCH, SLOTS);
    expect(steps.at(-1)?.result).toBe(formatBytes(trainingBytes(report.totals, BATCH, SLOTS)));
    // 2 · 9 + 2 of the CONV, 72 · 5 + 5 of the FC; volumes of 36, 72 and 5.
    expect(trainingBytes(report.totals, BATCH, SLOTS)).toBe(4 * (20 + 3 * 365 + BATCH * (36 + 72 + 5)));
  });

  it('tells where slides say something else', () => {
    const floors = workings(chain(input(1, 7), conv(1, 3, 3, 0)));
    const slides = floors.flatMap(({ working }) => working.slides);
    expect(slides).toEqual([SLIDES.floors]);
    const vgg = propagate(TEMPLATES.find(({ id }) => id === 'vgg16')!.create().network);
    expect(workingOfTotal(vgg, 'activations', 1, 1).slides).toEqual([SLIDES.vggMemory]);
    const lenet = propagate(TEMPLATES.find(({ id }) => id === 'lenet5')!.create().network);
    expect(workingOfTotal(lenet, 'activations', 1, 1).slides).toEqual([]);
  });
});
