/** The gallery: every template against what was published about its network. */
import { describe, expect, it } from 'vitest';
import { usesOf } from '#core/network/blocks.ts';
import { expand } from '#core/network/expand.ts';
import { propagate } from '#core/network/propagate.ts';
import { CPU_TARGET } from '#core/onnx/builder.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import type { Shape } from '#core/shape.ts';
import { Chain } from '#core/templates/chain.ts';
import { FAMILIES, findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { compileTraining } from '#core/training/program.ts';
import { FACTS } from '../../facts.ts';

const networkOf = (id: string) => findTemplate(id)!.create().network;
const totalsOf = (id: string) => propagate(networkOf(id)).totals;

/** Shapes of what is on the canvas, by kind. */
function shapesOf(id: string, ...kinds: readonly string[]): readonly (Shape | undefined)[] {
  const network = networkOf(id);
  const { layers } = propagate(network);
  return [...network.layers.values()]
    .filter(({ kind }) => kinds.includes(kind))
    .map((layer) => layers.get(layer.id)?.shape);
}

describe.each(TEMPLATES.map((template) => [template.id, template] as const))('%s', (_, template) => {
  const design = template.create();
  const report = propagate(design.network);

  it('has no problem, and ends in one answer a class', () => {
    expect(report.problems).toEqual([]);
    const classes = design.classLabels.length || 1000;
    expect(report.layers.get(report.output!)?.shape).toEqual([classes]);
  });

  it('goes into a file and comes back', () => {
    const text = formatDesign(design);
    expect(parseDesign(text)).toEqual(design);
  });

  it('compiles to a training step that learns every param', () => {
    const { states } = compileTraining(design.network, report, 1, CPU_TARGET);
    const names = new Set(states.map(({ name }) => name));
    for (const { layer, tensors } of report.layers.values()) {
      for (const { name } of tensors) expect(names).toContain(`${layer.name}.${name}`);
    }
  });

  it('uses every one of its blocks', () => {
    for (const name of design.network.blocks?.keys() ?? []) expect(usesOf(design.network, name)).toBeGreaterThan(0);
  });
});

describe('the list', () => {
  it('names each template once, in the order of the families', () => {
    expect(new Set(TEMPLATES.map(({ id }) => id)).size).toBe(TEMPLATES.length);
    expect(new Set(TEMPLATES.map(({ title }) => title)).size).toBe(TEMPLATES.length);
    const families = TEMPLATES.map(({ family }) => FAMILIES.indexOf(family));
    expect(families).toEqual([...families].sort());
    expect(new Set(families).size).toBe(FAMILIES.length);
  });
});

describe('params and MACs', () => {
  it.each([
    // torchvision's documentation of the weights: num_params, GFLOPS 1.81, 3.66 and 4.09.
    ['resnet18', 11_689_512, 1.81e9],
    ['resnet34', 21_797_672, 3.66e9],
    ['resnet50', 25_557_032, 4.09e9],
    // Keras's summary: "Trainable params: 4,231,976", γ and β of BATCH NORM among them; the paper's Table 8: 569 million.
    ['mobilenet', 4_231_976, 569e6],
    // 62,378,344 less half the weights of CONV 2, 4 and 5: (5·5·96·256 + 3·3·384·384 + 3·3·384·256) / 2 = 1,413,120.
    // MACs: Caffe's bvlc_alexnet comes to 724 million.
    ['alexnet-grouped', 60_965_224, 724e6],
  ])('of %s', (id, params, macs) => {
    const totals = totalsOf(id);
    expect(totals.params).toBe(params);
    expect(totals.macs / macs).toBeCloseTo(1, 2);
  });

  it('of A-LRN are those of A; its LRN adds a volume of 224×224×64', () => {
    const { A } = FACTS.vggTotals;
    const activations = A.activations + 224 * 224 * 64;
    expect(totalsOf('vgg11-lrn')).toEqual({
      ...A,
      trainableParams: A.params,
      activations,
      activationBytes: 4 * activations,
    });
  });

  it('of ResNet-18 in activations', () => {
    // CONV, BATCH NORM and ADD give a volume each, ReLU works in place: 5 a unit, 2 more for a projection.
    const stage = (depth: number, side: number, volumes: number) => depth * side * side * volumes;
    const stem = stage(3, 224, 1) + stage(64, 112, 2) + stage(64, 56, 1);
    const stages = stage(64, 56, 10) + stage(128, 28, 12) + stage(256, 14, 12) + stage(512, 7, 12);
    expect(totalsOf('resnet18').activations).toBe(stem + stages + 512 + 1000);
  });
});

describe('GoogLeNet', () => {
  // Table 1 of Szegedy et al. (2014): module, depth of its input, its CONVs' filters, its output's depth, its params in K.
  const TABLE = [
    ['3a', 192, [64, 96, 128, 16, 32, 32], 256, 159],
    ['3b', 256, [128, 128, 192, 32, 96, 64], 480, 380],
    ['4a', 480, [192, 96, 208, 16, 48, 64], 512, 364],
    ['4b', 512, [160, 112, 224, 24, 64, 64], 512, 437],
    ['4c', 512, [128, 128, 256, 24, 64, 64], 512, 463],
    ['4d', 512, [112, 144, 288, 32, 64, 64], 528, 580],
    ['4e', 528, [256, 160, 320, 32, 128, 128], 832, 840],
    ['5a', 832, [256, 160, 320, 32, 128, 128], 832, 1072],
    ['5b', 832, [384, 192, 384, 48, 128, 128], 1024, 1388],
  ] as const;

  /** A module's weights and biases. */
  const countsOf = ([, depth, filters]: (typeof TABLE)[number]) => {
    const [one, threeReduce, three, fiveReduce, five, projection] = filters;
    const pointwise = depth * (one + threeReduce + fiveReduce + projection);
    return {
      weights: pointwise + 9 * threeReduce * three + 25 * fiveReduce * five,
      biases: filters.reduce<number>((sum, count) => sum + count, 0),
    };
  };

  it.each(TABLE.map((row, i) => [row[0], i, row] as const))('inception %s', (_, i, row) => {
    const [, , , deep, thousands] = row;
    const { weights, biases } = countsOf(row);
    const found = propagate(networkOf('googlenet')).layers.get(`block${i + 1}`)!;
    expect(found.costs).toMatchObject({ weights, params: weights + biases });
    expect(found.shape?.[0]).toBe(deep);
    // The table's column of params is not quite what its filters come to: 4c has 497.5 K, not 463.
    expect(Math.abs(weights / 1024 / thousands - 1)).toBeLessThan(0.08);
  });

  it('has the params and MACs of its modules, and of the layers before and behind them', () => {
    const modules = TABLE.map(countsOf);
    const stem = [7 * 7 * 3 * 64, 64 * 64, 3 * 3 * 64 * 192] as const;
    const weights = [...stem, ...modules.map((module) => module.weights), 1024 * 1000];
    const biases = [64, 64, 192, ...modules.map((module) => module.biases), 1000];
    const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
    const totals = totalsOf('googlenet');
    expect(totals.params).toBe(sum(weights) + sum(biases));
    expect(totals.params).toBe(6_998_552);
    const sides = [112, 56, 56, 28, 28, 14, 14, 14, 14, 14, 7, 7, 1];
    expect(totals.macs).toBe(sum(weights.map((count, i) => count * sides[i]! ** 2)));
  });

  it('has the paper’s sides', () => {
    expect(shapesOf('googlenet', 'MaxPooling2D')).toEqual([
      [64, 56, 56],
      [192, 28, 28],
      [480, 14, 14],
      [832, 7, 7],
    ]);
    expect(shapesOf('googlenet', 'Conv2D')[0]).toEqual([64, 112, 112]);
    expect(shapesOf('googlenet', 'Block').at(-1)).toEqual([1024, 7, 7]);
  });
});

describe('the residual networks', () => {
  // Table 1 of He et al. (2015): units and output of each stage.
  it.each([
    ['resnet18', [2, 2, 2, 2], 1],
    ['resnet34', [3, 4, 6, 3], 1],
    ['resnet50', [3, 4, 6, 3], 4],
  ] as const)('%s has the units of its table', (id, counts, expansion) => {
    const expected = counts.flatMap((count, stage) =>
      Array.from({ length: count }, () => [64 * 2 ** stage * expansion, 56 / 2 ** stage, 56 / 2 ** stage]),
    );
    expect(shapesOf(id, 'Block')).toEqual(expected);
    expect(shapesOf(id, 'Conv2D', 'MaxPooling2D')).toEqual([
      [64, 112, 112],
      [64, 56, 56],
    ]);
  });

  it('share one block among equal units, and have the stride in the 3×3 CONV', () => {
    const network = networkOf('resnet50');
    expect(usesOf(network, 'bottleneck 1024')).toBe(5);
    expect([...network.blocks!.keys()]).toEqual([
      'bottleneck 64→256',
      'bottleneck 256',
      'bottleneck 256→512',
      'bottleneck 512',
      'bottleneck 512→1024',
      'bottleneck 1024',
      'bottleneck 1024→2048',
      'bottleneck 2048',
    ]);
    const convs = [...network.blocks!.get('bottleneck 256→512')!.layers.values()].filter(
      ({ kind }) => kind === 'Conv2D',
    );
    const described = convs.map(({ fields }) => [fields['kernelSize'], fields['strides'], fields['useBias']]);
    expect(described).toEqual([
      [1, 1, false],
      [3, 2, false],
      [1, 1, false],
      [1, 2, false],
    ]);
  });

  it('end each unit with the ReLU behind the addition', () => {
    const flat = expand(networkOf('resnet18'));
    expect(flat.edges).toContainEqual({ from: 'block1/add1', to: 'block1/relu2' });
    expect(flat.edges).toContainEqual({ from: 'block1/relu2', to: 'block2/add1' });
  });
});

describe('MobileNet', () => {
  it('has the volumes of its table', () => {
    // Table 1 of Howard et al. (2017): the output of each 1×1 CONV.
    const sides = [112, 56, 56, 28, 28, 14, 14, 14, 14, 14, 14, 7, 7];
    const depths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
    expect(shapesOf('mobilenet', 'Block')).toEqual(sides.map((side, i) => [depths[i], side, side]));
  });

  it('counts 2 more for each channel that a BATCH NORM has, none for biases of its CONVs', () => {
    // 3·3·3·32; then 9 weights a channel and 1×1 CONVs; the FC with biases; γ and β.
    const depths = [32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
    const units = depths.slice(1).map((to, i) => {
      const from = depths[i]!;
      return 9 * from + from * to + 2 * (from + to);
    });
    const sum = 27 * 32 + 2 * 32 + units.reduce((a, b) => a + b, 0) + 1024 * 1000 + 1000;
    expect(totalsOf('mobilenet').params).toBe(sum);
  });
});

describe('drawing blocks', () => {
  it('refuses a group that has two outputs', () => {
    const chain = new Chain();
    chain.add('Input');
    const draw = (inside: Chain, input: string) => {
      inside.add('ReLU');
      inside.add('ReLU', {}, [input]);
    };
    expect(() => chain.block('open', draw)).toThrow('A block has one output; these have 2.');
  });

  it('draws a block once, and numbers its layers from 1', () => {
    const chain = new Chain();
    chain.add('Input');
    chain.add('Conv2D');
    let drawn = 0;
    const draw = (inside: Chain) => {
      drawn++;
      inside.add('Conv2D');
      inside.add('ReLU');
    };
    chain.block('round', draw);
    chain.block('round', draw);
    expect(drawn).toBe(1);
    expect([...chain.network.blocks!.get('round')!.layers.keys()]).toEqual(['conv1', 'relu1']);
    expect([...chain.network.layers.keys()]).toEqual(['input', 'conv1', 'block1', 'block2']);
  });
});
