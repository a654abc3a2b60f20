import { describe, expect, it } from 'vitest';
import { fieldSchema } from '#core/layers/fields.ts';
import { LAYERS } from '#core/layers/index.ts';
import { activationBytes, memoryParts, trainingBytes } from '#core/network/costs.ts';
import { applyEdit, clipOf, defaultFields, nextId } from '#core/network/edits.ts';
import { EMPTY_NETWORK, inputsOf, type Network } from '#core/network/network.ts';
import { offeredFixes } from '#core/network/offered-fixes.ts';
import { descendants, topologicalOrder } from '#core/network/order.ts';
import type { Problem } from '#core/network/problems.ts';
import { propagate } from '#core/network/propagate.ts';
import { chain, conv, input } from '../../networks.ts';

const mend = (network: Network, problem: Problem, fix = 0): Network =>
  problem.fixes[fix]!.edits.reduce(applyEdit, network);
const codes = (network: Network) => propagate(network).problems.map(({ code }) => code);

describe('the layer registry', () => {
  it.each(LAYERS.map((layer) => [layer.kind, layer] as const))(
    '%s: its defaults satisfy its own schema',
    (_, layer) => {
      for (const [name, spec] of Object.entries(layer.fields)) {
        expect(fieldSchema(spec).safeParse(spec.default).success, name).toBe(true);
      }
    },
  );

  it('names each kind and each label once', () => {
    expect(new Set(LAYERS.map((layer) => layer.kind)).size).toBe(LAYERS.length);
    expect(new Set(LAYERS.map((layer) => layer.label)).size).toBe(LAYERS.length);
  });

  it('gives every new layer values of its own', () => {
    expect(defaultFields('Conv2D')).not.toBe(defaultFields('Conv2D'));
  });
});

describe('edits', () => {
  const base = chain(input(1, 8), conv(4, 3), ['Flatten'], ['Dense']);

  it('never change what they are given', () => {
    const before = structuredClone(base);
    applyEdit(base, { type: 'set-fields', layer: 'conv1', fields: { filters: 9 } });
    applyEdit(base, { type: 'remove', layers: ['conv1'] });
    applyEdit(base, { type: 'connect', from: 'input', to: 'fc1' });
    expect(base).toEqual(before);
  });

  it('remove a layer with its connections', () => {
    const network = applyEdit(base, { type: 'remove', layers: ['conv1'] });
    expect([...network.layers.keys()]).toEqual(['input', 'flatten1', 'fc1']);
    expect(network.edges).toEqual([{ from: 'flatten1', to: 'fc1' }]);
  });

  it('replace the input of a layer that takes one', () => {
    const network = applyEdit(base, { type: 'connect', from: 'input', to: 'flatten1' });
    expect(inputsOf(network).get('flatten1')).toEqual(['input']);
  });

  it('add to the inputs of a layer that takes several, each once', () => {
    let network = applyEdit(base, { type: 'add', kind: 'Add', id: 'add1', after: ['input'] });
    network = applyEdit(network, { type: 'connect', from: 'conv1', to: 'add1' });
    network = applyEdit(network, { type: 'connect', from: 'conv1', to: 'add1' });
    expect(inputsOf(network).get('add1')).toEqual(['input', 'conv1']);
  });

  it('put a layer before another and keep the rest connected', () => {
    const network = applyEdit(base, { type: 'insert-before', layer: 'fc1', kind: 'ReLU' });
    expect(inputsOf(network).get('relu1')).toEqual(['flatten1']);
    expect(inputsOf(network).get('fc1')).toEqual(['relu1']);
  });

  it('paste copies under new names, connected as the originals were', () => {
    const clip = clipOf(base, new Set(['conv1', 'flatten1']));
    const network = applyEdit(base, { type: 'paste', clip, offset: [40, 40] });
    expect([...network.layers.keys()]).toEqual(['input', 'conv1', 'flatten1', 'fc1', 'conv2', 'flatten2']);
    expect(inputsOf(network).get('flatten2')).toEqual(['conv2']);
    expect(inputsOf(network).get('conv2')).toEqual([]);
  });

  it('leave a network alone that lacks the layer they name', () => {
    expect(applyEdit(base, { type: 'set-fields', layer: 'nobody', fields: {} })).toBe(base);
    expect(applyEdit(base, { type: 'connect', from: 'nobody', to: 'fc1' })).toBe(base);
  });
});

describe('the order of layers', () => {
  it('puts each behind all that feed it', () => {
    let network = chain(input(1, 8), conv(1, 3, 1, 1), ['ReLU']);
    network = applyEdit(network, { type: 'add', kind: 'Add', id: 'add1', after: ['relu1', 'input'] });
    expect(topologicalOrder(network).sorted).toEqual(['input', 'conv1', 'relu1', 'add1']);
    expect(descendants(network, 'input').has('add1')).toBe(true);
    expect(descendants(network, 'add1').has('input')).toBe(false);
  });

  it('leaves out the layers on a cycle and those behind it', () => {
    let network = chain(input(1, 8), ['Add'], ['ReLU'], ['Flatten']);
    network = applyEdit(network, { type: 'connect', from: 'relu1', to: 'add1' });
    const { sorted, all } = topologicalOrder(network);
    expect(sorted).toEqual(['input']);
    expect(all).toEqual(['input', 'add1', 'relu1', 'flatten1']);
  });
});

describe('problems', () => {
  it('are none for a network that can be trained', () => {
    expect(codes(chain(input(1, 8), conv(4, 3), ['ReLU'], ['Flatten'], ['Dense']))).toEqual([]);
  });

  it('cycle: one problem for each, on the layer where it closes, that names its connections', () => {
    let network = chain(input(1, 8), conv(1, 3, 1, 1), ['Add'], ['ReLU'], ['Dropout'], ['Flatten']);
    for (const from of ['input', 'drop1']) network = applyEdit(network, { type: 'connect', from, to: 'add1' });
    const report = propagate(network);
    expect(report.problems.map(({ code, layer }) => [code, layer])).toEqual([['cycle', 'add1']]);
    expect(report.problems[0]?.message).toBe(
      'A loop: add1 → relu1 → drop1 → add1. No layer can be fed by its own output: remove one of these connections.',
    );
    // The others wait: relu1 for add1, drop1 for relu1, and so on.
    for (const [id, before] of [['relu1', 'add1'] as const, ['drop1', 'relu1'], ['flatten1', 'drop1']]) {
      expect(report.layers.get(id)).toMatchObject({ problems: [], waitsFor: before });
    }
    const fixes = offeredFixes(network, report, report.problems[0]!);
    expect(fixes.map(({ label }) => label)).toEqual(['Remove drop1 → add1']);
    expect(codes(fixes[0]!.edits.reduce(applyEdit, network))).toEqual([]);
  });

  it('cycle: a layer that closes two has two problems; a file may hold thousands', () => {
    let network = chain(input(1, 8), conv(1, 3, 1, 1), ['Add'], ['ReLU'], ['Sigmoid'], ['Flatten']);
    for (const from of ['input', 'relu1', 'sigmoid1'])
      network = applyEdit(network, { type: 'connect', from, to: 'add1' });
    const report = propagate(network);
    expect(report.problems.map(({ layer }) => layer)).toEqual(['add1', 'add1']);
    for (const problem of report.problems) {
      const [fix] = offeredFixes(network, report, problem);
      expect(propagate(fix!.edits.reduce(applyEdit, network)).problems).toHaveLength(1);
    }
    const many = chain(input(1, 8), ...Array.from({ length: 500 }, () => ['Add'] as const));
    const all = [...many.layers.keys()].slice(1);
    const back = all.flatMap((to, i) => all.slice(i, i + 15).map((from) => ({ from, to })));
    const { problems } = propagate({ ...many, edges: [...many.edges, ...back] });
    expect(problems.filter(({ code }) => code === 'cycle')).toHaveLength(100);
    expect(problems.every(({ message, fixes }) => message.length < 400 && fixes.length <= 12)).toBe(true);
  });

  it('cycle: one through a block is cut on the canvas; one within a block is told of the block', () => {
    let network = chain(input(1, 8), conv(1, 3, 1, 1), ['Add'], ['ReLU'], ['Dropout'], ['Flatten']);
    network = applyEdit(network, { type: 'connect', from: 'input', to: 'add1' });
    network = applyEdit(network, { type: 'make-block', layers: ['relu1', 'drop1'], name: 'pair' });
    network = applyEdit(network, { type: 'connect', from: 'block1', to: 'add1' });
    const report = propagate(network);
    expect(report.problems.map(({ code, layer, message }) => [code, layer, message.split('.')[0]])).toEqual([
      ['cycle', 'add1', 'A loop: add1 → block1 → add1'],
    ]);
    const fixes = offeredFixes(network, report, report.problems[0]!);
    expect(fixes.map(({ label }) => label)).toEqual(['Remove block1 → add1']);
    expect(codes(fixes[0]!.edits.reduce(applyEdit, network))).toEqual([]);

    const inner = network.blocks!.get('pair')!;
    const looped = { ...inner, edges: [...inner.edges, { from: 'drop1', to: 'relu1' }] };
    const broken = {
      ...chain(input(1, 8), ['Block', { block: 'pair' }], ['Flatten']),
      blocks: new Map([['pair', looped]]),
    };
    const [problem] = propagate(broken).problems;
    expect(problem).toMatchObject({ code: 'cycle', layer: 'block1', fixes: [] });
    expect(problem?.message).toContain('In block1: A loop: block1/relu1 → block1/drop1 → block1/relu1');
  });

  it('not connected: a layer nothing feeds, and an INPUT that feeds nothing', () => {
    let network = chain(input(1, 8), ['Flatten']);
    network = applyEdit(network, { type: 'add', kind: 'ReLU', id: 'relu1' });
    expect(codes(network)).toEqual(['not-connected']);
    const apart = applyEdit(network, { type: 'remove', layers: [], edges: [{ from: 'input', to: 'flatten1' }] });
    expect(propagate(apart).problems.map(({ code, layer }) => [code, layer])).toEqual([
      ['not-connected', 'flatten1'],
      ['not-connected', 'relu1'],
      ['no-output', undefined],
    ]);
  });

  it('wrong arity: ADD with one input, INPUT with one', () => {
    const network = chain(input(1, 8), ['Add']);
    expect(propagate(network).problems[0]).toMatchObject({ code: 'arity', layer: 'add1' });
    expect(propagate(network).problems[0]?.message).toContain('needs 2 to 64 inputs; add1 has 1');
  });

  it('mismatched ADD and CONCAT: the shapes are in the message', () => {
    let network = chain(input(3, 8), conv(4, 3));
    network = applyEdit(network, { type: 'add', kind: 'Add', id: 'add1', after: ['input', 'conv1'] });
    expect(propagate(network).problems[0]).toMatchObject({ code: 'mismatch', layer: 'add1' });
    expect(propagate(network).problems[0]?.message).toContain('8×8×3 and 6×6×4');
    network = applyEdit(chain(input(3, 8), conv(4, 3)), {
      type: 'add',
      kind: 'Concatenate',
      id: 'concat1',
      after: ['input', 'conv1'],
    });
    expect(codes(network)).toEqual(['mismatch']);
  });

  it('a window that does not fit: the fixes make it fit', () => {
    const network = chain(input(1, 4), conv(4, 5), ['Flatten']);
    const [problem] = propagate(network).problems;
    expect(problem).toMatchObject({ code: 'window', layer: 'conv1' });
    expect(problem!.fixes.length).toBeGreaterThan(0);
    for (const [i] of problem!.fixes.entries()) expect(codes(mend(network, problem!, i))).toEqual([]);
  });

  it('a POOL whose window does not fit: the fix changes the field that POOL has', () => {
    const network = chain(input(1, 4), ['MaxPooling2D', { poolSize: 5, strides: 1 }], ['Flatten']);
    const [problem] = propagate(network).problems;
    expect(problem!.fixes.map((fix) => fix.edits)).toContainEqual([
      { type: 'set-fields', layer: 'pool1', fields: { poolSize: 4 } },
    ]);
    for (const [i] of problem!.fixes.entries()) expect(codes(mend(network, problem!, i))).toEqual([]);
  });

  it('padding larger than the window takes', () => {
    const [problem] = propagate(chain(input(1, 8), conv(1, 3, 1, 5))).problems;
    expect(problem).toMatchObject({ code: 'field' });
    expect(problem!.message).toContain('at most 2 of padding, got 5');
  });

  it('FC on a volume: the offer to insert FLATTEN, and the rest is computed all the same', () => {
    const network = chain(input(1, 8), conv(4, 3), ['Dense', { units: 7 }], ['ReLU']);
    const report = propagate(network);
    expect(report.problems).toMatchObject([{ code: 'needs-vector', layer: 'fc1' }]);
    expect(report.problems[0]!.message).toBe('FC needs a vector; put a FLATTEN before it (got 6×6×4).');
    expect(report.layers.get('relu1')?.shape).toEqual([7]);
    expect(report.totals.params).toBe(4 * 9 + 4 + 6 * 6 * 4 * 7 + 7);
    const mended = mend(network, report.problems[0]!);
    expect(codes(mended)).toEqual([]);
    expect(propagate(mended).totals).toEqual(report.totals);
  });

  it('a vector where a volume is needed', () => {
    expect(codes(chain(input(1, 8), ['Flatten'], conv(4, 3)))).toEqual(['needs-volume']);
  });

  it('groups that do not divide', () => {
    const network = chain(input(3, 8), ['Conv2D', { filters: 4, groups: 2 }]);
    const [problem] = propagate(network).problems;
    expect(problem).toMatchObject({ code: 'groups' });
    expect(codes(mend(network, problem!))).toEqual([]);
  });

  it('an even number of neighbours for LRN', () => {
    const network = chain(input(3, 8), ['LocalResponseNormalization', { size: 4 }]);
    const [problem] = propagate(network).problems;
    expect(problem).toMatchObject({ code: 'field' });
    expect(codes(mend(network, problem!))).toEqual([]);
  });

  it('per-channel numbers that are not one for each channel', () => {
    const network = chain(['Input', { channels: 3, mean: [1, 2] }], ['Flatten']);
    expect(propagate(network).problems[0]?.message).toContain('needs one number, or 3');
  });

  it('no INPUT, two INPUTs, no output, two outputs', () => {
    expect(codes(EMPTY_NETWORK)).toEqual(['no-input', 'no-output']);
    expect(codes(chain(input(1, 8)))).toEqual(['no-output']);
    const two = applyEdit(chain(input(1, 8), ['Flatten']), { type: 'add', kind: 'Input', id: 'input2' });
    expect(codes(two)).toContain('two-inputs');
    const forked = applyEdit(chain(input(1, 8), ['ReLU']), {
      type: 'add',
      kind: 'Flatten',
      id: 'flatten1',
      after: ['input'],
    });
    const [problem] = propagate(forked).problems;
    expect(problem).toMatchObject({ code: 'two-outputs' });
    expect(problem!.message).toContain('relu1, flatten1');
    expect(codes(mend(forked, problem!))).toEqual([]);
  });

  it('a name used twice: renamed by its fix', () => {
    const network = applyEdit(chain(input(1, 8), ['ReLU'], ['Flatten']), {
      type: 'rename',
      layer: 'flatten1',
      name: 'relu1',
    });
    const [problem] = propagate(network).problems;
    expect(problem).toMatchObject({ code: 'name-used-twice', layer: 'flatten1' });
    expect(codes(mend(network, problem!))).toEqual([]);
  });

  it('an unknown kind: named, the rest still computed', () => {
    const known = chain(input(1, 8), conv(2, 3), ['Flatten']);
    const layers = new Map(known.layers).set('flatten1', {
      id: 'flatten1',
      kind: 'CapsuleLayer',
      name: 'caps',
      fields: {},
    });
    const report = propagate({ ...known, layers });
    expect(report.problems).toMatchObject([{ code: 'unknown-kind', layer: 'flatten1' }]);
    expect(report.totals.params).toBe(20);
  });
});

describe('propagation goes on', () => {
  it('past a layer that has no shape: what waits for it says so, totals cover the rest', () => {
    const network = chain(input(1, 8), conv(4, 3), conv(4, 9), ['Flatten'], ['Dense']);
    const report = propagate(network);
    expect(report.problems).toHaveLength(1);
    expect(report.layers.get('flatten1')).toMatchObject({ waitsFor: 'conv2', problems: [] });
    expect(report.totals.params).toBe(40);
  });

  it('answers a shape or a problem or what it waits for, for every layer', () => {
    let network = chain(input(1, 8), conv(4, 12), ['Add'], ['ReLU'], ['Dense']);
    network = applyEdit(network, { type: 'connect', from: 'relu1', to: 'add1' });
    const report = propagate(network);
    expect(report.layers.size).toBe(5);
    for (const { shape, problems, waitsFor } of report.layers.values()) {
      expect(shape !== undefined || problems.length > 0 || waitsFor !== undefined).toBe(true);
    }
  });
});

describe('costs', () => {
  it('count memory by the stated convention', () => {
    const { totals } = propagate(chain(input(1, 4), ['Flatten'], ['Dense', { units: 3 }]));
    expect(totals.activations).toBe(16 + 3);
    expect(activationBytes(totals)).toBe(4 * 19);
    // Weights, gradients and velocities of 51 params, and 10 images' activations.
    expect(trainingBytes(totals, 10)).toBe(4 * (3 * 51 + 10 * 19));
  });

  it('count no gradients and nothing for the optimizer of frozen layers', () => {
    const dense = (units: number, trainable: boolean) => ['Dense', { units, trainable }] as const;
    const { totals, layers } = propagate(chain(input(1, 4), ['Flatten'], dense(3, false), dense(2, true)));
    // 16 · 3 + 3 of the first, 3 · 2 + 2 of the second; volumes of 16, 3 and 2.
    expect([totals.params, totals.trainableParams]).toEqual([59, 8]);
    expect(trainingBytes(totals, 10, 2)).toBe(4 * (59 + 3 * 8 + 10 * 21));
    expect(memoryParts(layers.get('fc1')!.costs, 1, 2)).toMatchObject({ weights: 4 * 51, gradients: 0, optimizer: 0 });
    expect(memoryParts(layers.get('fc2')!.costs, 1, 2)).toMatchObject({ weights: 32, gradients: 32, optimizer: 64 });
  });

  it('count γ as weights, β as biases, running statistics not at all', () => {
    const { totals } = propagate(chain(input(6, 4), ['BatchNormalization']));
    expect([totals.weights, totals.params]).toEqual([6, 12]);
  });

  it('divide the MACs of a CONV by its groups', () => {
    const grouped = propagate(chain(input(4, 8), ['Conv2D', { filters: 6, kernelSize: 3, padding: 1, groups: 2 }]));
    expect(grouped.totals.macs).toBe((6 * 4 * 9 * 64) / 2);
    expect(grouped.totals.weights).toBe(6 * 2 * 9);
  });

  it('follow the receptive field through branches: the larger one counts', () => {
    let network = chain(input(1, 16), conv(2, 5, 1, 2), conv(2, 3, 1, 1));
    network = applyEdit(network, { type: 'add', kind: 'Add', id: 'add1', after: ['conv1', 'conv2'] });
    expect(propagate(network).layers.get('add1')?.receptiveField?.size).toEqual([7, 7]);
  });

  it('widen the receptive field by dilation', () => {
    const network = chain(input(1, 16), ['Conv2D', { filters: 1, kernelSize: 3, padding: 2, dilation: 2 }]);
    expect(propagate(network).layers.get('conv1')?.receptiveField?.size).toEqual([5, 5]);
  });
});

describe('names', () => {
  it('count up past those in use', () => {
    const network = chain(input(1, 8), conv(1, 3), conv(1, 3));
    expect(nextId(network, 'Conv2D')).toBe('conv3');
    expect(nextId(network, 'Input')).toBe('input2');
    expect(nextId(applyEdit(network, { type: 'remove', layers: ['conv1'] }), 'Conv2D')).toBe('conv1');
  });
});
