/** The user's own blocks: made of layers, placed many times, replaced by their layers before anything is computed. */
import { describe, expect, it } from 'vitest';
import { readGroup, usesOf } from '#core/network/blocks.ts';
import { applyEdit, clipOf } from '#core/network/edits.ts';
import { canvasLayer, expand, layerAt } from '#core/network/expand.ts';
import { EMPTY_NETWORK, type LayerId, type Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { CPU_TARGET } from '#core/onnx/builder.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { namedTensors } from '#core/training/emit.ts';
import { compileTraining } from '#core/training/program.ts';
import { chain, conv, input } from '../../networks.ts';

const resnet = findTemplate('resnet20')!.create();
/** The first residual block of ResNet-20: two CONVs beside an edge that goes past them. */
const GROUP: readonly LayerId[] = ['conv2', 'bn2', 'relu2', 'conv3', 'bn3', 'add1', 'relu3'];
const withBlock = applyEdit(resnet.network, { type: 'make-block', layers: GROUP, name: 'residual' });

describe('the name of a block', () => {
  const other: readonly LayerId[] = ['conv4', 'bn4', 'relu4', 'conv5', 'bn5', 'add2', 'relu5'];

  it('that is taken stays with the block that has it: the new one gets a name of its own', () => {
    const again = applyEdit(withBlock, { type: 'make-block', layers: other, name: 'residual' });
    expect([...again.blocks!.keys()]).toEqual(['residual', 'residual 2']);
    expect(again.blocks!.get('residual')).toBe(withBlock.blocks!.get('residual'));
    expect(again.layers.get('block1')!.fields['block']).toBe('residual');
    expect(again.layers.get('block2')!.fields['block']).toBe('residual 2');
  });

  it('is given to the new one, wherever the old one is placed, only where that is asked for', () => {
    const replaced = applyEdit(withBlock, { type: 'make-block', layers: other, name: 'residual', replace: true });
    expect([...replaced.blocks!.keys()]).toEqual(['residual']);
    expect([...replaced.blocks!.get('residual')!.layers.keys()]).toEqual(other);
    expect(usesOf(replaced, 'residual')).toBe(2);
  });
});

describe('a block', () => {
  it('stands for its layers: shapes, costs and everything after it stay what they were', () => {
    expect(withBlock.layers.size).toBe(resnet.network.layers.size - GROUP.length + 1);
    const [before, after] = [propagate(resnet.network), propagate(withBlock)];
    expect(after.problems).toEqual([]);
    expect(after.totals).toEqual(before.totals);
    expect(after.layers.get('block1')).toMatchObject({
      shape: before.layers.get('relu3')!.shape,
      receptiveField: before.layers.get('relu3')!.receptiveField,
    });
    expect(after.layers.get('block1')!.costs.params).toBe(
      GROUP.reduce((sum, id) => sum + before.layers.get(id)!.costs.params, 0),
    );
    expect(after.order).toHaveLength(before.order.length);
    expect(after.layers.get('relu4')!.shape).toEqual(before.layers.get('relu4')!.shape);
  });

  it('is compiled as its layers would be, each one placed with weights of its own', () => {
    const twice = applyEdit(withBlock, {
      type: 'add',
      kind: 'Block',
      id: 'block2',
      after: [],
      fields: { block: 'residual' },
    });
    let network = applyEdit(twice, {
      type: 'remove',
      layers: [],
      edges: [
        { from: 'block1', to: 'conv4' },
        { from: 'block1', to: 'add2' },
      ],
    });
    network = applyEdit(network, { type: 'connect', from: 'block1', to: 'block2' });
    network = applyEdit(network, { type: 'connect', from: 'block2', to: 'conv4' });
    network = applyEdit(network, { type: 'connect', from: 'block2', to: 'add2' });
    const report = propagate(network);
    expect(report.problems).toEqual([]);
    const names = namedTensors(report).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['block1/conv2.weight', 'block2/conv2.weight', 'block2/bn3.running_var']),
    );
    expect(new Set(names).size).toBe(names.length);
    const { states } = compileTraining(network, report, 2, CPU_TARGET);
    expect(states.map(({ name }) => name)).toContain('block2/conv3.weight');
    // The edge past the CONVs is there in both.
    const flat = expand(network);
    expect(flat.edges).toContainEqual({ from: 'block1/relu3', to: 'block2/conv2' });
    expect(flat.edges).toContainEqual({ from: 'block1/relu3', to: 'block2/add1' });
    expect(usesOf(network, 'residual')).toBe(2);
  });

  it('can be taken apart again', () => {
    const apart = applyEdit(withBlock, { type: 'take-apart', layer: 'block1' });
    expect([...apart.layers.keys()].sort()).toEqual([...resnet.network.layers.keys()].sort());
    const sorted = (network: Network) => network.edges.map(({ from, to }) => `${from} ${to}`).sort();
    expect(sorted(apart)).toEqual(sorted(resnet.network));
    expect(propagate(apart).totals).toEqual(propagate(resnet.network).totals);
    // The definition stays until it is forgotten.
    expect(apart.blocks?.has('residual')).toBe(true);
    expect(applyEdit(apart, { type: 'remove-block', name: 'residual' }).blocks).toBeUndefined();
    expect(applyEdit(withBlock, { type: 'remove-block', name: 'residual' })).toBe(withBlock);
  });

  it('made anew under its name changes wherever it stands', () => {
    let network = chain(input(3, 8), conv(4, 3, 1, 1), ['ReLU'], ['Flatten'], ['Dense']);
    network = applyEdit(network, { type: 'make-block', layers: ['conv1', 'relu1'], name: 'pair' });
    network = applyEdit(network, { type: 'remove', layers: [], edges: [{ from: 'block1', to: 'flatten1' }] });
    network = applyEdit(network, {
      type: 'add',
      kind: 'Block',
      id: 'block2',
      after: ['block1'],
      fields: { block: 'pair' },
    });
    network = applyEdit(network, { type: 'connect', from: 'block2', to: 'flatten1' });
    expect(propagate(network).layers.get('block2')?.shape).toEqual([4, 8, 8]);
    network = applyEdit(network, { type: 'take-apart', layer: 'block2' });
    network = applyEdit(network, { type: 'set-fields', layer: 'conv1', fields: { filters: 6 } });
    network = applyEdit(network, { type: 'make-block', layers: ['conv1', 'relu1'], name: 'pair', replace: true });
    expect(propagate(network).layers.get('block1')?.shape).toEqual([6, 8, 8]);
    expect(propagate(network).problems).toEqual([]);
  });

  it.each([
    ['one layer', ['conv2'], 'at least two layers'],
    ['the INPUT', ['input', 'conv1'], 'INPUT cannot be in a block'],
    ['several sources', ['add1', 'relu3'], 'One layer has to feed a block; 2 feed these'],
    ['several outputs', ['conv2', 'bn2', 'relu2', 'conv3', 'bn3', 'relu3', 'conv4'], 'One layer has to feed a block'],
    ['layers apart', ['relu1', 'conv2', 'add1'], 'feed'],
    ['an inner layer that feeds others', ['conv1', 'bn1', 'relu1', 'conv2'], 'Only the last layer'],
  ])('cannot be made of %s, and says why', (_, layers, message) => {
    expect(readGroup(resnet.network, new Set(layers))).toContain(message);
    expect(applyEdit(resnet.network, { type: 'make-block', layers, name: 'x' })).toBe(resnet.network);
  });

  it('cannot hold another', () => {
    expect(readGroup(withBlock, new Set(['block1', 'conv4', 'add2']))).toContain('cannot hold another');
  });

  it('tells problems of its layers on the canvas, and so do layers that wait for it', () => {
    const wrong = chain(input(3, 4), conv(4, 3), ['MaxPooling2D'], conv(4, 5), ['Flatten'], ['Dense']);
    const network = applyEdit(wrong, { type: 'make-block', layers: ['pool1', 'conv2'], name: 'narrow' });
    const report = propagate(network);
    expect(report.problems).toMatchObject([{ layer: 'block1', fixes: [] }]);
    expect(report.problems[0]!.message).toMatch(/^In block1: The window/);
    expect(report.layers.get('block1')!.problems).toHaveLength(1);
    expect(report.layers.get('flatten1')!.waitsFor).toBe('block1');
    const loose = applyEdit(withBlock, { type: 'add', kind: 'Block', id: 'b', fields: { block: 'residual' } });
    expect(propagate(loose).problems).toMatchObject([
      { layer: 'b', code: 'not-connected', message: /^b is not connected/ },
    ]);
    const unknown = applyEdit(loose, { type: 'set-fields', layer: 'b', fields: { block: 'nothing' } });
    const connected = applyEdit(unknown, { type: 'connect', from: 'relu1', to: 'b' });
    expect(propagate(connected).problems[0]!.message).toContain('no block called "nothing"');
  });

  it('goes into the file and comes back', () => {
    const text = formatDesign({ ...resnet, network: withBlock });
    const found = parseDesign(text);
    expect(found.network).toEqual(withBlock);
    expect(formatDesign(found)).toBe(text);
    const file = JSON.parse(text);
    file.blocks[0].layers[0].kind = 'Block';
    file.blocks[0].edges.push(['conv9', 'conv2']);
    expect(() => parseDesign(JSON.stringify(file))).toThrow(/blocks\[0\]/);
  });

  it('may be expanded on the canvas, which changes nothing but the drawing', () => {
    const shown = applyEdit(withBlock, { type: 'set-fields', layer: 'block1', fields: { expanded: true } });
    expect(expand(shown)).toEqual(expand(withBlock));
    expect(propagate(shown).totals).toEqual(propagate(withBlock).totals);
    const text = formatDesign({ ...resnet, network: shown });
    expect(parseDesign(text).network).toEqual(shown);
    // A collapsed one is written as it was before there was a choice, and read so.
    expect(formatDesign({ ...resnet, network: withBlock })).not.toContain('expanded');
  });

  it('tells its layers by the ids that reports know them by', () => {
    const [id] = [...propagate(withBlock).layers.keys()].filter((key) => key.startsWith('block1/'));
    expect(layerAt(withBlock, id!)).toBe(withBlock.blocks!.get('residual')!.layers.get(id!.slice(7)));
    expect(layerAt(withBlock, 'block1')).toBe(withBlock.layers.get('block1'));
    expect(layerAt(withBlock, 'block1/nothing')).toBeUndefined();
    expect(layerAt(withBlock, 'conv1/conv1')).toBeUndefined();
  });

  it('is copied with what stands for it; another of the same name gets a name of its own', () => {
    const clip = clipOf(withBlock, new Set(['block1']));
    const pasted = applyEdit(EMPTY_NETWORK, { type: 'paste', clip, offset: [0, 0] });
    expect([...(pasted.blocks?.keys() ?? [])]).toEqual(['residual']);
    const other = applyEdit(chain(input(3, 8), conv(4, 3), ['ReLU']), {
      type: 'make-block',
      layers: ['conv1', 'relu1'],
      name: 'residual',
    });
    const both = applyEdit(other, { type: 'paste', clip, offset: [0, 0] });
    expect([...(both.blocks?.keys() ?? [])]).toEqual(['residual', 'residual 2']);
    expect(both.layers.get('block2')!.fields).toMatchObject({ block: 'residual 2' });
  });

  it('ids tell the layer on the canvas', () => {
    expect(canvasLayer('block1/conv2')).toBe('block1');
    expect(canvasLayer('conv2')).toBe('conv2');
  });
});
