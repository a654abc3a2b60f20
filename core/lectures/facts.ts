import { SLIDES } from '../working/slides.ts';
import { connectionFacts, oneDimensional } from './counting-facts.ts';
import { CONVOLUTIONS, POOLINGS } from './examples.ts';
import type { Fact } from './fact.ts';
import { layerFacts, windowFacts } from './layer-facts.ts';

export interface Section {
  readonly title: string;
  facts(): readonly Fact[];
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
  { title: 'How a window fits', facts: windowFacts },
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
  { title: 'Layers', facts: layerFacts },
  { title: 'Connections', facts: connectionFacts },
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
