/** Every layer kind, in the middle of a network that learns on ONNX Runtime. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LAYERS, type LayerKind } from '#core/layers/index.ts';
import { applyEdit } from '#core/network/edits.ts';
import type { Network } from '#core/network/network.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { randomStream } from '#core/random.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { backend } from '#main/training/backend.ts';
import { initialValues, readDesign } from '#main/training/compiled-design.ts';
import { exportModel } from '#main/training/export-model.ts';
import { Trainer } from '#main/training/trainer.ts';
import { chain, conv, input, type Step } from '../../networks.ts';
import { temporaryFolder } from '../../temporary.ts';

const CLASSES = 3;
const COUNT = 24;
const SIDE = 8;

const START: readonly Step[] = [input(2, SIDE), conv(4, 3, 1, 1)];
const END: readonly Step[] = [['Flatten'], ['Dense', { units: CLASSES }], ['Softmax']];

/** A network with this kind in it, wherever the kind may stand. */
function networkWith(kind: LayerKind): Network {
  switch (kind) {
    case 'Input':
    case 'Conv2D':
    case 'Flatten':
    case 'Dense':
    case 'Softmax':
      return chain(...START, ...END);
    case 'Reshape':
      return chain(...START, [kind, { channels: 16, height: 4, width: 4 }], ...END);
    case 'Add':
    case 'Multiply':
    case 'Concatenate': {
      const network = chain(...START, conv(4, 3, 1, 1), [kind], ...END);
      const merge = [...network.layers.values()].find((layer) => layer.kind === kind);
      return applyEdit(network, { type: 'connect', from: 'conv1', to: merge?.id ?? '' });
    }
    default:
      return chain(...START, [kind], ...END);
  }
}

/** Pictures whose class is the quarter in which they are bright, and how bright. */
function pictures() {
  const random = randomStream(1, 'pictures');
  const pixels = new Uint8Array(COUNT * 2 * SIDE * SIDE);
  const target = new Float32Array(COUNT * CLASSES);
  for (let n = 0; n < COUNT; n++) {
    const label = n % CLASSES;
    target[n * CLASSES + label] = 1;
    for (let i = 0; i < 2 * SIDE * SIDE; i++) {
      const [y, x] = [Math.floor(i / SIDE) % SIDE, i % SIDE];
      const bright = Math.floor(y / 4) * 2 + Math.floor(x / 4) === label;
      pixels[n * 2 * SIDE * SIDE + i] = (bright ? 120 + 60 * label : 20) + random.uniform() * 10;
    }
  }
  return { size: COUNT, pixels, target };
}

describe('every layer kind', () => {
  it.each(LAYERS.map(({ kind }) => kind))(
    '%s is compiled and exported, and the network around it learns',
    async (kind) => {
      const network = networkWith(kind);
      const design = { name: kind, network, training: { ...DEFAULT_TRAINING, seed: 2 }, classLabels: [] };
      const compiled = readDesign(formatDesign(design));
      expect([...compiled.report.layers.values()].map(({ layer }) => layer.kind)).toContain(kind);
      const trainer = new Trainer(network, compiled.report, initialValues(compiled), backend('cpu'));
      const batch = pictures();
      const settings = { ...DEFAULT_TRAINING, learningRate: 0.05, momentum: 0.9, weightDecay: 0, seed: 2 };
      const before = await trainer.evaluate(batch);
      let last = 0;
      for (let step = 0; step < 60; step++) last = (await trainer.step(batch, settings, step)).loss;
      const after = await trainer.evaluate(batch);
      const values = await trainer.values();
      await trainer.dispose();
      const path = join(temporaryFolder(), 'model.onnx');
      const receipt = await exportModel(
        path,
        compiled,
        { values, weights: 'trained', initialLayers: [], steps: 60, loss: 'crossEntropy' },
        undefined,
      );
      expect(receipt.maxDifference).toBeLessThan(1e-4);
      expect(last).toBeLessThan(before.loss);
      expect(after.loss).toBeLessThan(0.5 * before.loss);
      expect(after.correct).toBeGreaterThan(0.9 * COUNT);
    },
  );
});
