/** What PyTorch recorded (test/fixtures/pytorch/record.py), and the comparison of training steps with it. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { Chain } from '#core/templates/chain.ts';
import { findTemplate } from '#core/templates/index.ts';
import { namedTensors } from '#core/training/emit.ts';
import type { TrainingSettings } from '#core/training/settings.ts';
import { backend } from '#main/training/backend.ts';
import { Trainer } from '#main/training/trainer.ts';
import { relativeError } from './gradient-check.ts';

export function recording<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/pytorch/${name}`, import.meta.url), 'utf8'));
}

/** The formula that record.py fills tensors with. */
export function wave(dims: readonly number[], phase: number, scale = 1): Float32Array {
  return Float32Array.from({ length: elementCount(dims) }, (_, i) => scale * Math.sin(0.7 * i + phase));
}

export interface StepRecord {
  readonly order: readonly string[];
  readonly batches: readonly number[];
  readonly losses: readonly number[];
  readonly tensors: Readonly<Record<string, readonly number[]>>;
}

export function residualBlock(): Network {
  const chain = new Chain();
  const conv = (kernelSize: number, strides: number, after: string) => {
    const padding = (kernelSize - 1) / 2;
    chain.add('Conv2D', { filters: 8, kernelSize, strides, padding, useBias: false }, [after]);
    return chain.add('BatchNormalization');
  };
  const input = chain.add('Input', { channels: 3, height: 16, width: 16, mean: 127.5, scale: 255 });
  conv(3, 2, input);
  const body = conv(3, 1, chain.add('ReLU'));
  const shortcut = conv(1, 2, input);
  chain.add('Add', {}, [body, shortcut]);
  chain.add('ReLU');
  chain.add('GlobalAveragePooling2D');
  chain.add('Dense', { units: 10 });
  return chain.design('block').network;
}

export const NETWORKS: Readonly<Record<string, () => Network>> = {
  lenet5: () => findTemplate('lenet5')!.create().network,
  convnetjs: () => findTemplate('convnetjs-cifar10')!.create().network,
  'resnet-block': residualBlock,
};

/** Trains the recorded batches from the recorded weights, and compares losses and tensors to 1e-4. */
export async function compareSteps(network: Network, record: StepRecord, settings: TrainingSettings): Promise<void> {
  const report = propagate(network);
  const values = new Map(
    namedTensors(report).map(({ name: tensor, spec }) => {
      const phase = record.order.indexOf(tensor);
      const fanIn = spec.dims.length > 1 ? elementCount(spec.dims.slice(1)) : 100;
      const scale = tensor.startsWith('bn') && tensor.endsWith('.weight') ? 0.3 : Math.sqrt(3 / fanIn);
      const offset = scale === 0.3 ? 1 : 0;
      const data = wave(spec.dims, phase, scale).map((value) => value + offset);
      if (spec.role === 'buffer') data.fill(tensor.endsWith('running_var') ? 1 : 0);
      return [tensor, { dtype: 'float32', dims: spec.dims, data }] as const;
    }),
  );
  const trainer = new Trainer(network, report, values, backend('cpu'), settings);
  const each = elementCount(report.layers.get(report.input!)!.shape!);
  const losses: number[] = [];
  let at = 0;
  for (const [step, size] of record.batches.entries()) {
    const pixels = new Uint8Array(size * each);
    const target = new Float32Array(size * 10);
    for (let n = 0; n < size; n++) {
      for (let i = 0; i < each; i++) pixels[n * each + i] = (i * 31 + (at + n) * 7 + ((i * i) % 97)) % 256;
      target[n * 10 + (((at + n) * 3) % 10)] = 1;
    }
    at += size;
    losses.push((await trainer.step({ size, pixels, target }, settings, step)).loss);
  }
  const after = await trainer.values();
  await trainer.dispose();
  losses.forEach((loss, i) => {
    expect(Math.abs(loss - record.losses[i]!), `loss of step ${i}`).toBeLessThan(1e-4);
  });
  expect([...after.keys()].sort()).toEqual(Object.keys(record.tensors).sort());
  for (const [tensor, expected] of Object.entries(record.tensors)) {
    const sampled = after.get(tensor)!.data.filter((_, i) => i % 7 === 0);
    expect(relativeError(sampled, expected), tensor).toBeLessThan(1e-4);
  }
}
