import type { LayerId } from '../network/network.ts';
import { Chain, IMAGENET_PIXELS, KRIZHEVSKY_LRN } from './chain.ts';

/** Filters of an inception module's CONVs, in the columns of Table 1 of Szegedy et al. (2014). */
interface Inception {
  readonly name: string;
  readonly one: number;
  readonly threeReduce: number;
  readonly three: number;
  readonly fiveReduce: number;
  readonly five: number;
  readonly poolProjection: number;
}

function inception(
  name: string,
  one: number,
  threeReduce: number,
  three: number,
  fiveReduce: number,
  five: number,
  poolProjection: number,
): Inception {
  return { name, one, threeReduce, three, fiveReduce, five, poolProjection };
}

/** The modules between the POOLs. */
const STAGES: readonly (readonly Inception[])[] = [
  [inception('3a', 64, 96, 128, 16, 32, 32), inception('3b', 128, 128, 192, 32, 96, 64)],
  [
    inception('4a', 192, 96, 208, 16, 48, 64),
    inception('4b', 160, 112, 224, 24, 64, 64),
    inception('4c', 128, 128, 256, 24, 64, 64),
    inception('4d', 112, 144, 288, 32, 64, 64),
    inception('4e', 256, 160, 320, 32, 128, 128),
  ],
  [inception('5a', 256, 160, 320, 32, 128, 128), inception('5b', 384, 192, 384, 48, 128, 128)],
];

/**
 * GoogLeNet (Szegedy et al. 2014), each inception module a block; without the two auxiliary classifiers, which only
 * training had. Its sides are 112, 56, 28, 14 and 7: the original rounds the size of a 3×3 POOL with stride 2 up. "Same"
 * padding puts one row and one column behind the picture, which comes to just that; padding 1 would read other windows.
 */
export function googlenet() {
  const chain = new Chain();
  chain.add('Input', { channels: 3, height: 224, width: 224, ...IMAGENET_PIXELS });
  const halve = () => chain.add('MaxPooling2D', { poolSize: 3, strides: 2, padding: 'same' });
  const norm = () => chain.add('LocalResponseNormalization', { ...KRIZHEVSKY_LRN, bias: 1 });
  conv(chain, 64, 7, { strides: 2 });
  halve();
  norm();
  conv(chain, 64, 1);
  conv(chain, 192, 3);
  norm();
  halve();
  for (const [i, stage] of STAGES.entries()) {
    if (i > 0) halve();
    for (const module of stage) {
      chain.block(`inception ${module.name}`, (inside, input) => drawInception(inside, input, module));
    }
  }
  chain.add('GlobalAveragePooling2D');
  chain.add('Dropout', { rate: 0.4 });
  chain.add('Dense', { units: 1000 });
  chain.add('Softmax');
  // "Decreasing the learning rate by 4% every 8 epochs"; the rate itself and the batch are those of Caffe's model.
  return chain.design('GoogLeNet', {
    epochs: 60,
    batchSize: 32,
    learningRate: 0.01,
    weightDecay: 2e-4,
    schedule: 'step',
    decayFactor: 0.96,
    decayEvery: 8,
  });
}

function drawInception(chain: Chain, input: LayerId, module: Inception): void {
  const one = conv(chain, module.one, 1, { after: input });
  conv(chain, module.threeReduce, 1, { after: input });
  const three = conv(chain, module.three, 3);
  conv(chain, module.fiveReduce, 1, { after: input });
  const five = conv(chain, module.five, 5);
  chain.add('MaxPooling2D', { poolSize: 3, strides: 1, padding: 1 }, [input]);
  const pooled = conv(chain, module.poolProjection, 1);
  chain.add('Concatenate', {}, [one, three, five, pooled]);
}

/** A CONV that keeps the size (but for its stride) and its ReLU; answers the latter. */
function conv(
  chain: Chain,
  filters: number,
  kernelSize: number,
  { strides = 1, after }: { readonly strides?: number; readonly after?: LayerId } = {},
): LayerId {
  const padding = (kernelSize - 1) / 2;
  chain.add('Conv2D', { filters, kernelSize, strides, padding }, after ? [after] : undefined);
  return chain.add('ReLU');
}
