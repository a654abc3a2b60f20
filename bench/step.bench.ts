import { propagate } from '#core/network/propagate.ts';
import { elements } from '#core/shape.ts';
import { findTemplate } from '#core/templates/index.ts';
import { namedTensors } from '#core/training/emit.ts';
import { initialTensor } from '#core/training/initialize.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { backend } from '#main/training/backend.ts';
import { Trainer } from '#main/training/trainer.ts';
import { median, repeat } from './report.ts';

export const title = 'training steps on the CPU, images a second';

const CASES = [
  ['lenet5', 24],
  ['lenet5', 64],
  ['convnetjs-cifar10', 64],
  ['resnet20', 64],
] as const;

export async function run(): Promise<void> {
  for (const [id, size] of CASES) {
    const { network } = findTemplate(id)!.create();
    const report = propagate(network);
    const values = new Map(namedTensors(report).map(({ name, spec }) => [name, initialTensor(name, spec, 1)]));
    const trainer = new Trainer(network, report, values, backend('cpu'));
    const each = elements(report.layers.get(report.input ?? '')?.shape ?? []);
    const pixels = Uint8Array.from({ length: size * each }, (_, i) => (i * 7919) % 256);
    const target = Float32Array.from({ length: size * 10 }, (_, i) => Number(i % 10 === Math.floor(i / 10) % 10));
    const settings = { ...DEFAULT_TRAINING, learningRate: 0.001, momentum: 0.9, weightDecay: 0, seed: 1 };
    const step = (turn: number) => trainer.step({ size, pixels, target }, settings, turn);
    await repeat(5, step);
    const times = await repeat(id === 'resnet20' ? 15 : 60, step);
    await trainer.dispose();
    const middle = median(times);
    console.log(
      `  ${id}, batch ${size}: ${middle.toFixed(1)} ms a step, ${Math.round((1000 * size) / middle)} images/s (median of ${times.length})`,
    );
  }
}
