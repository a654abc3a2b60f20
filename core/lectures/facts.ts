import { fitAxis, fitMessage } from '../fit.ts';
import { formatWhole } from '../format.ts';
import { propagate } from '../network/propagate.ts';
import type { LayerReport } from '../network/report.ts';
import { Chain } from '../templates/chain.ts';
import { workingOf } from '../working/of-layer.ts';
import { outputSteps } from '../working/output.ts';
import { SLIDES, slidesOnLayer } from '../working/slides.ts';
import { QUANTITIES, type Step } from '../working/working.ts';
import { CONVOLUTIONS, POOLINGS } from './examples.ts';
import type { ConvolutionExample, PoolingExample } from './slide-window.ts';

interface Described {
  readonly id: string;
  readonly title: string;
  /** Number of the lecture; '' where the number follows from others of it. */
  readonly lecture: string;
  /** What a slide says otherwise, and why that is wrong. */
  readonly slides: readonly string[];
}

/** Something the lectures state, as it is shown: computed by this program, with its working. */
export type Fact = Described &
  (
    | { readonly type: 'working'; readonly steps: readonly Step[]; readonly remarks: readonly string[] }
    | { readonly type: 'convolution'; readonly example: ConvolutionExample }
    | { readonly type: 'pooling'; readonly example: PoolingExample }
    /** A template, all of its rows and sums. */
    | { readonly type: 'network'; readonly template: string }
  );

export interface Section {
  readonly title: string;
  facts(): readonly Fact[];
}

/** n, F, S, P of the lectures' windows, and where they stand. */
const WINDOWS = [
  ['7-3-1', 7, 3, 1, 0, '001'],
  ['7-3-2', 7, 3, 2, 0, '001'],
  ['7-3-3', 7, 3, 3, 0, '001–003'],
  ['7-3-1-pad1', 7, 3, 1, 1, '001'],
  ['same-3', 32, 3, 1, 1, '001'],
  ['same-5', 32, 5, 1, 2, '001'],
  ['same-7', 32, 7, 1, 3, '001'],
  ['32-5', 32, 5, 1, 0, '001'],
  ['28-5', 28, 5, 1, 0, '001'],
  ['4-5', 4, 5, 1, 0, ''],
  ['alexnet-conv1', 227, 11, 4, 0, '001'],
  ['alexnet-pool1', 55, 3, 2, 0, '001'],
  ['alexnet-224', 224, 11, 4, 0, ''],
  ['alexnet-224-pad2', 224, 11, 4, 2, ''],
  ['resnet-stem', 224, 7, 2, 3, ''],
  ['resnet-pool', 112, 3, 2, 1, ''],
  ['pool-2-2', 224, 2, 2, 0, '001'],
  ['pool-3-2-on-6', 6, 3, 2, 0, ''],
] as const;

/** The report of one CONV or FLATTEN on an input of this volume. */
function layerOn(
  [channels, height, width]: readonly [number, number, number],
  add: (chain: Chain) => string,
): LayerReport {
  const chain = new Chain();
  chain.add('Input', { channels, height, width });
  const id = add(chain);
  return propagate(chain.design('').network).layers.get(id) as LayerReport;
}

function window([id, n, f, s, p, lecture]: (typeof WINDOWS)[number]): Fact {
  const fit = fitAxis(n, f, s, p);
  const report = layerOn([1, n, n], (chain) =>
    chain.add('Conv2D', { filters: 1, kernelSize: f, strides: s, padding: p }),
  );
  return {
    type: 'working',
    id,
    title: `${f}×${f} on ${n}×${n}, stride ${s}${p === 0 ? '' : `, padding ${p}`}: ${fit.status}`,
    lecture,
    steps: outputSteps(report).slice(0, 1),
    remarks: [fitMessage({ status: fit.status, height: fit, width: fit })],
    slides: [...slidesOnLayer(report, 'output'), ...(id.startsWith('alexnet-2') ? [SLIDES.alexnetInput] : [])],
  };
}

const CONVS = [
  ['6-filters', [3, 32, 32], 6, 5, 1, 0, '000'],
  ['10-filters', [3, 32, 32], 10, 5, 1, 2, '001'],
  ['1x1', [64, 56, 56], 32, 1, 1, 0, '001'],
  ['caffe-conv1', [3, 227, 227], 96, 11, 4, 0, '001'],
] as const;

/** Volume and params of one layer. */
function layerSteps(report: LayerReport): readonly Step[] {
  const around = { network: propagate(new Chain().design('').network), feeding: [], batch: 1, slots: 1 };
  return QUANTITIES.slice(0, 2).flatMap((quantity) => workingOf(report, quantity, around).steps);
}

function convolutionLayer([id, input, filters, kernelSize, strides, padding, lecture]: (typeof CONVS)[number]): Fact {
  const report = layerOn(input, (chain) => chain.add('Conv2D', { filters, kernelSize, strides, padding }));
  const [d, h, w] = input;
  return {
    type: 'working',
    id,
    title: `${filters} filters of ${kernelSize}×${kernelSize} on ${w}×${h}×${d}`,
    lecture,
    steps: layerSteps(report),
    remarks: [],
    slides: slidesOnLayer(report, 'output'),
  };
}

function flatten(): Fact {
  const report = layerOn([3, 32, 32], (chain) => chain.add('Flatten'));
  return {
    type: 'working',
    id: 'flatten',
    title: 'A 32×32×3 picture as a vector',
    lecture: '000',
    steps: outputSteps(report),
    remarks: [],
    slides: [],
  };
}

/** Two CONVs and a POOL on 32×32×3: the lecture asks for the output's volume and the weights. */
function quiz(): Fact {
  const chain = new Chain();
  chain.add('Input', { channels: 3, height: 32, width: 32 });
  const layers = [
    chain.add('Conv2D', { filters: 6, kernelSize: 5, padding: 0 }),
    chain.add('Conv2D', { filters: 10, kernelSize: 5, padding: 0 }),
    chain.add('MaxPooling2D'),
  ];
  const { layers: reports, totals } = propagate(chain.design('').network);
  const steps = layers.flatMap((id): Step[] => {
    const { layer, shape, costs } = reports.get(id) as LayerReport;
    return [
      {
        formula: `${layer.name}: volume, and weights without biases`,
        values: '',
        result: `${shape?.[2]}×${shape?.[1]}×${shape?.[0]}, ${formatWhole(costs.weights)}`,
      },
    ];
  });
  return {
    type: 'working',
    id: 'quiz',
    title: 'Quiz: two CONVs and a POOL',
    lecture: '002',
    steps: [...steps, { formula: 'weights together', values: '', result: formatWhole(totals.weights) }],
    remarks: ['The slide’s figure is missing; this is the one design of its running example that gives both answers.'],
    slides: [],
  };
}

/** How many weights it takes to connect layers: everything, neighbours only, neighbours with shared weights. */
function connectivity(): readonly Fact[] {
  const [n, m] = [5, 3];
  // The first and the last unit have one neighbour less.
  const local = n * m - 2;
  const [side, hidden, patch] = [200, 400_000, 10];
  return [
    {
      type: 'working',
      id: 'connect-5',
      title: `${n} inputs to ${n} units`,
      lecture: '004',
      steps: [
        { formula: 'fully connected: n·n', values: `${n}·${n}`, result: formatWhole(n * n) },
        {
          formula: 'each with its m neighbours, the ends with one less: n·m − 2',
          values: `${n}·${m} − 2`,
          result: formatWhole(local),
        },
        { formula: 'the same m weights everywhere', values: '', result: formatWhole(m) },
      ],
      remarks: [],
      slides: [],
    },
    {
      type: 'working',
      id: 'connect-200',
      title: `A ${side}×${side} picture to ${formatWhole(hidden)} units`,
      lecture: '004',
      steps: [
        {
          formula: 'fully connected: pixels·units',
          values: `${side}·${side}·${formatWhole(hidden)}`,
          result: formatWhole(side * side * hidden),
        },
        {
          formula: 'each to a patch of 10×10',
          values: `${patch}·${patch}·${formatWhole(hidden)}`,
          result: formatWhole(patch * patch * hidden),
        },
      ],
      remarks: [],
      slides: [],
    },
  ];
}

/** A filter of three over five numbers. */
function oneDimensional(): Fact {
  const [input, filter] = [
    [1, 1, 1, 0, 0],
    [1, 0, 1],
  ];
  const steps = [0, 1, 2].map((at): Step => {
    const terms = filter.map((weight, i) => [input[at + i] ?? 0, weight] as const);
    return {
      formula: `y[${at}]`,
      values: terms.map(([x, w]) => `${x}·${w}`).join(' + '),
      result: String(terms.reduce((sum, [x, w]) => sum + x * w, 0)),
    };
  });
  return {
    type: 'working',
    id: 'convolution-1d',
    title: 'A filter of three over five numbers',
    lecture: '004',
    steps,
    remarks: ['Input 1 1 1 0 0, filter 1 0 1.'],
    slides: [],
  };
}

const NETWORKS = [
  ['alexnet', 'AlexNet', '001'],
  ['vgg16', 'VGG-16, configuration D', '001'],
  ['vgg11', 'VGG, configuration A', '001'],
  ['vgg13', 'VGG, configuration B', '001'],
  ['vgg16-c', 'VGG, configuration C', '001'],
  ['vgg19', 'VGG, configuration E', '001'],
  ['lenet5', 'LeNet-5', ''],
  ['convnetjs-cifar10', 'ConvNetJS CIFAR-10', '001'],
] as const;

/** Places where a slide is wrong, or two disagree. */
const ERRATA = [
  ['errata-vgg', 'VGG-16’s memory', '001', SLIDES.vggMemory],
  ['errata-average', 'Average pooling’s first cell', '003', SLIDES.averagePool],
  ['errata-demo', 'The demo of depth 3', '003', SLIDES.demo],
  ['errata-correlation', 'True convolution', '000, 001', SLIDES.correlation],
  ['errata-fit', '"Doesn’t fit"', '001–003', SLIDES.floors],
  ['errata-cross-entropy', 'Cross-entropy', '004', SLIDES.crossEntropy],
  ['errata-pool', 'POOL’s hyperparameters', '001', SLIDES.pool],
  ['errata-alexnet', 'AlexNet’s input', '001', SLIDES.alexnetInput],
] as const;

/** What slides say otherwise of a worked example or a network. */
const SLIDES_ON: Readonly<Record<string, readonly string[]>> = {
  '7x7x3-demo': [SLIDES.demo, SLIDES.correlation],
  avg: [SLIDES.averagePool],
  vgg16: [SLIDES.vggMemory],
  alexnet: [SLIDES.alexnetInput],
};

const slidesOn = (id: string) => SLIDES_ON[id] ?? [];

/** Every number of the lectures, in the order in which they are taught. */
export const SECTIONS: readonly Section[] = [
  { title: 'How a window fits', facts: () => WINDOWS.map(window) },
  {
    title: 'Convolution by hand',
    facts: () => [
      ...CONVOLUTIONS.map(
        ({ id, title, lecture, ...example }): Fact => ({
          type: 'convolution',
          id,
          title,
          lecture,
          example,
          slides: slidesOn(id),
        }),
      ),
      oneDimensional(),
    ],
  },
  {
    title: 'Pooling by hand',
    facts: () =>
      POOLINGS.map(
        ({ id, title, lecture, ...example }): Fact => ({
          type: 'pooling',
          id,
          title,
          lecture,
          example,
          slides: slidesOn(id),
        }),
      ),
  },
  { title: 'Layers', facts: () => [...CONVS.map(convolutionLayer), flatten(), quiz()] },
  { title: 'Connections', facts: connectivity },
  {
    title: 'Networks',
    facts: () =>
      NETWORKS.map(
        ([template, title, lecture]): Fact => ({
          type: 'network',
          id: template,
          title,
          lecture,
          template,
          slides: slidesOn(template),
        }),
      ),
  },
  {
    title: 'Where a slide is wrong',
    facts: () =>
      ERRATA.map(
        ([id, title, lecture, text]): Fact => ({
          type: 'working',
          id,
          title,
          lecture,
          steps: [],
          remarks: [],
          slides: [text],
        }),
      ),
  },
];
