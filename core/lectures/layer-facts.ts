import { fitAxis, fitMessage } from '../fit.ts';
import { formatWhole } from '../format.ts';
import { propagate } from '../network/propagate.ts';
import type { LayerReport } from '../network/report.ts';
import { volumeText } from '../shape.ts';
import { Chain } from '../templates/chain.ts';
import { paramSteps } from '../working/of-layer.ts';
import { outputSteps } from '../working/output.ts';
import { SLIDES, slidesOnLayer } from '../working/slides.ts';
import type { Step } from '../working/working.ts';
import type { Fact } from './fact.ts';

/** What the lectures state of single layers, and of three in a row. */

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

function convolutionLayer([id, input, filters, kernelSize, strides, padding, lecture]: (typeof CONVS)[number]): Fact {
  const report = layerOn(input, (chain) => chain.add('Conv2D', { filters, kernelSize, strides, padding }));
  const [d, h, w] = input;
  return {
    type: 'working',
    id,
    title: `${filters} filters of ${kernelSize}×${kernelSize} on ${w}×${h}×${d}`,
    lecture,
    steps: [...outputSteps(report), ...paramSteps(report)],
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
        result: `${volumeText(shape)}, ${formatWhole(costs.weights)}`,
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

/** How windows fit their input. */
export const windowFacts = (): readonly Fact[] => WINDOWS.map(window);

/** Volumes and params of layers. */
export const layerFacts = (): readonly Fact[] => [...CONVS.map(convolutionLayer), flatten(), quiz()];
