import type { Network } from '#core/network/network.ts';
import { type NetworkReport, propagate } from '#core/network/propagate.ts';
import { elements } from '#core/shape.ts';
import { namedTensors } from '#core/training/emit.ts';
import { initialTensor } from '#core/training/initialize.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { backend } from '#main/training/backend.ts';
import type { Backend } from '#main/training/backends/define.ts';
import { Trainer } from '#main/training/trainer.ts';
import { repeat } from './report.ts';

const WARM_UP = 5;

/** Milliseconds of each of `steps` training steps, on made-up pictures, after a few that do not count. */
export async function trainingSteps(
  network: Network,
  size: number,
  steps: number,
  where = backend('cpu'),
  warmUp = WARM_UP,
): Promise<readonly number[]> {
  const report = propagate(network);
  const trainer = newTrainer(network, report, where);
  const each = elements(report.layers.get(report.input ?? '')?.shape ?? []);
  const classes = elements(report.layers.get(report.output ?? '')?.shape ?? []);
  const pixels = Uint8Array.from({ length: size * each }, (_, i) => (i * 7919) % 256);
  const target = new Float32Array(size * classes);
  for (let i = 0; i < size; i++) target[i * classes + (i % classes)] = 1;
  const settings = { ...DEFAULT_TRAINING, learningRate: 1e-6 };
  const step = (turn: number) => trainer.step({ size, pixels, target }, settings, turn);
  await repeat(warmUp, step);
  const times = await repeat(steps, step);
  await trainer.dispose();
  return times;
}

/** A function of its own, so that nobody holds the first weights once the trainer has replaced them. */
function newTrainer(network: Network, report: NetworkReport, where: Backend): Trainer {
  const values = new Map(namedTensors(report).map(({ name, spec }) => [name, initialTensor(name, spec, 1)]));
  return new Trainer(network, report, values, where);
}
