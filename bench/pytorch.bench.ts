import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { withTensorFlow } from '#main/training/backends/tensorflow.ts';
import { withFolder } from './app.ts';
import { benchedNetworks } from './networks.ts';
import { findPytorch, pytorchSteps } from './python.ts';
import { median } from './report.ts';
import { trainingSteps } from './training-steps.ts';

export const title =
  'training steps on the CPU against PyTorch and TensorFlow.js, images a second (medians, measured in turn)';

const TURNS = 3;
/** Networks of which TensorFlow.js's JavaScript backend does a step in less than a minute. */
const TENSORFLOW = ['LeNet-5', 'ConvNetJS CIFAR-10'];

const tensorflow = withTensorFlow(
  () => tf,
  () => '',
);

export async function run(): Promise<void> {
  const python = findPytorch();
  const wanted = process.env['NETWORKS']?.split(',');
  await withFolder(async (folder) => {
    for (const benched of benchedNetworks()) {
      const { name, network, batch, steps, bar } = benched;
      if (wanted !== undefined && !wanted.includes(name)) continue;
      const [own, theirs, inTensorFlow]: [number[], number[], number[]] = [[], [], []];
      for (let turn = 0; turn < TURNS; turn++) {
        own.push(...(await trainingSteps(network, batch, steps)));
        if (python !== undefined) theirs.push(pytorchSteps(python, benched, folder).msPerStep);
        if (TENSORFLOW.includes(name)) inTensorFlow.push(...(await trainingSteps(network, batch, 1, tensorflow, 0)));
      }
      const speed = (milliseconds: number) => Math.round((1000 * batch) / milliseconds);
      const ratio = median(theirs) / median(own);
      const against =
        python === undefined
          ? ''
          : `, PyTorch ${speed(median(theirs))}: ${ratio.toFixed(2)} times as fast (wanted: ${bar})`;
      const beside = inTensorFlow.length === 0 ? '' : `; tfjs ${speed(median(inTensorFlow))}`;
      console.log(`  ${name}, batch ${batch}: ${speed(median(own))}${against}${beside}`);
    }
  });
}
