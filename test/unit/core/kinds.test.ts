/** Shapes, weights and costs of the kinds that the lectures' networks do not use. */
import { describe, expect, it } from 'vitest';
import { applyEdit } from '#core/network/edits.ts';
import { propagate } from '#core/network/propagate.ts';
import { fieldSides } from '#core/network/receptive-field.ts';
import { chain, conv, input, type Step } from '../../networks.ts';

/** The last layer's report of a chain. */
function last(...steps: readonly Step[]) {
  const report = propagate(chain(...steps));
  return report.layers.get(report.order.at(-1) ?? '')!;
}

describe('kinds', () => {
  it('DEPTHWISE CONV: filters for each channel; 1/K of a CONV’s MACs', () => {
    const fields = { depthMultiplier: 2, kernelSize: 3, padding: 1 };
    const { shape, costs, tensors } = last(input(8, 10), ['DepthwiseConv2D', fields]);
    expect(shape).toEqual([16, 10, 10]);
    expect(tensors.map(({ dims }) => dims)).toEqual([[16, 1, 3, 3], [16]]);
    expect(costs).toMatchObject({ weights: 144, params: 160, macs: 16 * 9 * 100 });
  });

  it('SEPARABLE CONV: a depthwise and a 1×1 CONV', () => {
    const fields = { filters: 32, kernelSize: 3, padding: 1, depthMultiplier: 2 };
    const { shape, costs, tensors } = last(input(8, 10), ['SeparableConv2D', fields]);
    expect(shape).toEqual([32, 10, 10]);
    expect(tensors.map(({ name, dims }) => [name, dims])).toEqual([
      ['depthwise', [16, 1, 3, 3]],
      ['weight', [32, 16, 1, 1]],
      ['bias', [32]],
    ]);
    const depthwise = last(input(8, 10), ['DepthwiseConv2D', { ...fields, filters: undefined } as never]).costs.macs;
    const pointwise = last(input(16, 10), conv(32, 1)).costs.macs;
    expect(costs.macs).toBe(depthwise + pointwise);
  });

  it('UPSAMPLE: repeated pixels lie closer together, seen from the input', () => {
    const up = last(input(3, 4, 5), ['UpSampling2D', { size: [2, 3] }]);
    expect(up.shape).toEqual([3, 8, 15]);
    expect(fieldSides(up.receptiveField!)).toEqual([1, 1]);
    // Three rows of the doubled picture come from two of the first, three columns of the tripled one from two at most.
    const after = last(input(3, 4, 5), ['UpSampling2D', { size: [2, 3] }], conv(4, 3, 1, 1));
    expect(fieldSides(after.receptiveField!)).toEqual([2, 2]);
    // Up and down again is as if neither were there.
    const down = last(input(3, 4, 5), ['UpSampling2D'], ['MaxPooling2D'], conv(4, 3, 1, 1));
    expect(fieldSides(down.receptiveField!)).toEqual([3, 3]);
  });

  it('ZERO PAD: a border', () => {
    expect(last(input(3, 4, 5), ['ZeroPadding2D', { padding: [1, 2] }]).shape).toEqual([3, 6, 9]);
  });

  it('PRELU: one slope a channel, of a volume or a vector', () => {
    expect(last(input(6, 4), ['PReLU']).tensors[0]).toMatchObject({ dims: [6], role: 'weight' });
    expect(last(input(6, 4), ['Flatten'], ['PReLU']).tensors[0]).toMatchObject({ dims: [96] });
  });

  it('RESHAPE: needs as many numbers, and offers them', () => {
    const network = chain(input(4, 6), ['Reshape', { channels: 9, height: 4, width: 4 }]);
    expect(propagate(network).layers.get('reshape1')?.shape).toEqual([9, 4, 4]);
    const wrong = applyEdit(network, { type: 'set-fields', layer: 'reshape1', fields: { width: 5 } });
    const [problem] = propagate(wrong).problems;
    expect(problem?.message).toBe(
      'RESHAPE needs as many numbers as it gets: it makes 5×4×9 = 180 numbers, its input 6×6×4 has 144.',
    );
    expect(propagate(problem!.fixes[0]!.edits.reduce(applyEdit, wrong)).layers.get('reshape1')?.shape).toEqual([
      144, 1, 1,
    ]);
  });

  it('MULTIPLY: inputs of one shape', () => {
    let network = chain(input(4, 6), conv(4, 3, 1, 1), ['Multiply']);
    network = applyEdit(network, { type: 'connect', from: 'input', to: 'multiply1' });
    expect(propagate(network).layers.get('multiply1')?.shape).toEqual([4, 6, 6]);
    const wrong = applyEdit(network, { type: 'set-fields', layer: 'conv1', fields: { filters: 5 } });
    expect(propagate(wrong).problems[0]?.message).toContain('MULTIPLY needs inputs of one shape; got 6×6×5 and 6×6×4');
  });

  it.each(['DepthwiseConv2D', 'SeparableConv2D', 'UpSampling2D', 'ZeroPadding2D'])('%s needs a volume', (kind) => {
    const report = last(input(4, 6), ['Flatten'], [kind]);
    expect(report.problems[0]?.code).toBe('needs-volume');
  });
});
