import { describe, expect, it } from 'vitest';
import { formatBytes, formatWhole } from '#core/format.ts';
import { BLOCK } from '#core/layers/block.ts';
import { layerDefinition } from '#core/layers/index.ts';
import { trainingBytes } from '#core/network/costs.ts';
import { applyEdit } from '#core/network/edits.ts';
import { expand } from '#core/network/expand.ts';
import { inputsOf, type Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { fieldSides } from '#core/network/receptive-field.ts';
import type { LayerReport } from '#core/network/report.ts';
import { isVolume } from '#core/shape.ts';
import { TEMPLATES } from '#core/templates/index.ts';
import { workingOf } from '#core/working/of-layer.ts';
import { SLIDES } from '#core/working/slides.ts';
import { workingOfTotal } from '#core/working/totals.ts';
import { QUANTITIES, type Step, TOTALS } from '#core/working/working.ts';
import { chain, conv, input } from '../../networks.ts';

const [BATCH, SLOTS] = [24, 1];

/** Computes what a step puts into its formula; undefined where that is no arithmetic. */
function compute({ values }: Step): number | undefined {
  const source = values.split(' = ')[0] ?? '';
  if (!/\d/.test(source) || /[a-z×]/i.test(source)) return undefined;
  const code = source
    .replaceAll(/[,\s]/g, '')
    .replaceAll('−', '-')
    .replaceAll('·', '*')
    .replaceAll('⌊', 'Math.floor(')
    .replaceAll('⌋', ')');
  return new Function(`return ${code}`)() as number;
}

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** The number in a result: "2,416", "28.99 kB". */
function numberIn(result: string): number | undefined {
  const [digits = '', unit = 'B'] = result.replaceAll(',', '').split(' ');
  return /^[\d.]+$/.test(digits) ? Number(digits) * (UNITS[unit] ?? Number.NaN) : undefined;
}

function expectArithmetic(steps: readonly Step[], of: string): number {
  let checked = 0;
  for (const step of steps) {
    // Of a field, width × height, the width.
    const [found, told] = [compute(step), numberIn(step.result.split('×')[0] ?? '')];
    if (found === undefined || told === undefined) continue;
    checked += 1;
    // Bytes are told with two decimals.
    expect(Math.abs(found - told), `${of}: ${step.values} = ${step.result}`).toBeLessThanOrEqual(0.006 * told);
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
        expect(results[0], of).toBe(fieldSides(found.receptiveField).toReversed().join('×'));
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
      const [sum, ...parts] = steps.map(({ result }) => numberIn(result) ?? Number.NaN).toReversed() as [
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
    expect(steps.get('conv1')?.[0]).toMatchObject({ values: '3 − 0 + 1', result: '4×6' });
    expect(steps.get('conv1')?.at(-1)).toMatchObject({ values: '2 + (3 − 1)·2', result: '6' });
    expect(steps.get('add1')?.[0]?.formula).toBe('the last pixel that one of its inputs sees − the first + 1');
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
      const [weights, activations, together] = working.steps.map(({ result }) => numberIn(result) ?? Number.NaN);
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
