/**
 * BATCH NORM in float32 is at most twice as far from float64 as PyTorch is (test/fixtures/pytorch/record_batch_norm.py),
 * wherever its mean lies. Larger volumes: `npm run bench batch-norm`.
 */
import { describe, expect, it } from 'vitest';
import { propagate } from '#core/network/propagate.ts';
import { CPU_TARGET } from '#core/onnx/builder.ts';
import type { Target } from '#core/onnx/operators/operator.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { namedTensors } from '#core/training/emit.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { backend } from '#main/training/backend.ts';
import type { Backend } from '#main/training/backends/define.ts';
import { createSession } from '#main/training/backends/runtime.ts';
import { Trainer } from '#main/training/trainer.ts';
import { chain } from '../../networks.ts';
import {
  allowed,
  type BatchNormCase,
  errorsOf,
  exactly,
  inputsOf,
  type Kind,
  RESULTS,
  runBatchNorm,
} from '../../oracle/batch-norm.ts';
import { noise, uniform } from '../../oracle/noise.ts';
import { recording } from '../../oracle/pytorch.ts';

interface NetworkRecord {
  readonly shape: readonly [number, number, number];
  readonly mean: number;
  readonly scale: number;
  readonly kind: 'white' | 'pale' | 'any';
  /** In float64, step by step. */
  readonly losses: readonly number[];
  /** PyTorch's in float32. */
  readonly errors: readonly number[];
}

const { cases, networks } = recording<{
  readonly cases: readonly BatchNormCase[];
  readonly networks: Readonly<Record<string, NetworkRecord>>;
}>('batch-norm.json');

const cpu = backend('cpu');
const blocked = await cpu.target();
const SINGLE: Target = { ...CPU_TARGET, sums: 'float32' };

/**
 * How many times PyTorch's error is allowed. Where one row makes up nearly all of the variance, what its numbers lose when
 * the mean is taken off in float32 is the same for all of them and cannot even out.
 */
const TIMES = (kind: Kind) => (kind === 'outlier' ? 3 : 2);
const TIMES_IN_SINGLE_PRECISION = 5;

describe("BATCH NORM's error against float64 is at most twice PyTorch's", () => {
  const named = cases.map((one) => [`${one.kind}, ${one.shape.join('×')}, mean ${one.mean}`, one] as const);

  it.each(named)('%s', async (_name, one) => {
    const inputs = inputsOf(one);
    const exact = exactly(one.shape, inputs);
    const tooLarge = async (where: string, target: Target, times: number) => {
      const errors = errorsOf(await runBatchNorm(one.shape, inputs, target), exact);
      const most = allowed(one, times);
      return RESULTS.flatMap((name) =>
        errors[name] <= most[name] ? [] : [`${where}, ${name}: ${errors[name]}, at most ${most[name]}`],
      );
    };
    expect(await tooLarge('in plain order', CPU_TARGET, TIMES(one.kind))).toEqual([]);
    expect(await tooLarge('without double precision', SINGLE, TIMES_IN_SINGLE_PRECISION)).toEqual([]);
    if (blocked.channelBlock > 1 && one.shape.length === 4) {
      expect(await tooLarge('in blocks', blocked, TIMES(one.kind))).toEqual([]);
    }
    for (const name of RESULTS) {
      one.numbers[name].forEach((expected, i) => {
        // With two values dx is what remains of numbers 10⁵ times as large.
        const least = 1e-9 * Math.max(1e-2, Math.abs(expected));
        expect(Math.abs(exact[name][i]! - expected), `float64 ${name} of PyTorch`).toBeLessThan(least);
      });
    }
  });
});

const SIZE = 16;

/** The network and the weights of record_batch_norm.py. */
function small({ shape: [channels, height, width], mean, scale }: NetworkRecord) {
  const network = chain(
    ['Input', { channels, height, width, mean, scale }],
    ['Conv2D', { filters: 16, kernelSize: 3, padding: 0 }],
    ['BatchNormalization'],
    ['ReLU'],
    ['Conv2D', { filters: 12, kernelSize: 3, strides: 2, padding: 0, useBias: false }],
    ['BatchNormalization'],
    ['ReLU'],
    ['GlobalAveragePooling2D'],
    ['Dense', { units: 10 }],
  );
  const report = propagate(network);
  const learned = namedTensors(report).filter(({ spec }) => spec.role !== 'buffer');
  const values = new Map(
    namedTensors(report).map(({ name, spec: { dims, role } }) => {
      const index = learned.findIndex((tensor) => tensor.name === name);
      const fanIn = dims.length > 1 ? elementCount(dims.slice(1)) : 100;
      const write = (i: number) => {
        if (role === 'buffer') return name.endsWith('running_var') ? 1 : 0;
        if (/^bn\d\.weight$/.test(name)) return 0.5 + uniform(i, 100 + index);
        return noise(i, 100 + index) / Math.sqrt(fanIn);
      };
      const data = Float32Array.from({ length: elementCount(dims) }, (_, i) => write(i));
      return [name, { dtype: 'float32', dims, data }] as const;
    }),
  );
  return { network, report, values };
}

function batch({ shape, kind }: NetworkRecord, step: number) {
  const each = elementCount(shape);
  const write = {
    white: (i: number, n: number) =>
      uniform(i, 10 + step) < 0.0002 * (1 + n) ? Math.floor(256 * uniform(i, 40 + step)) : 255,
    pale: (i: number, n: number) => Math.floor(120 + 16 * uniform(i, 10 + step) + 4 * uniform(n, 70 + step)),
    any: (i: number, n: number) => Math.floor(256 * uniform(i, 10 + step) * (0.3 + 0.7 * uniform(n, 70 + step))),
  }[kind];
  const pixels = Uint8Array.from({ length: SIZE * each }, (_, i) => write(i, Math.floor(i / each)));
  const target = new Float32Array(SIZE * 10);
  for (let n = 0; n < SIZE; n++) target[n * 10 + ((n * 3 + step) % 10)] = 1;
  return { size: SIZE, pixels, target };
}

async function losses(record: NetworkRecord, where: Backend): Promise<readonly number[]> {
  const { network, report, values } = small(record);
  const settings = { ...DEFAULT_TRAINING, learningRate: 0.01, momentum: 0.9, weightDecay: 0 };
  const trainer = new Trainer(network, report, values, where, settings);
  const found: number[] = [];
  for (const step of record.losses.keys()) {
    found.push((await trainer.step(batch(record, step), settings, step)).loss);
  }
  await trainer.dispose();
  return found;
}

/** The CPU for other targets than its own. */
const as = (target: Target): Backend => ({
  ...cpu,
  target: async () => target,
  createSession: (graph) => createSession(graph, { executionProviders: ['cpu'] }),
});

/** Half of what lies between two float32 numbers that are as large as these losses. */
const ROUNDING = 2 ** -23;

describe.each(Object.entries(networks))('a network whose %s', (_name, record) => {
  it.each([
    ['on the CPU', cpu, 2],
    ['in plain order', as(CPU_TARGET), 2],
    ['without double precision', as(SINGLE), TIMES_IN_SINGLE_PRECISION],
  ])('has the losses of float64, %s', async (_where, where, times) => {
    const most = times * Math.max(ROUNDING, ...record.errors);
    const found = await losses(record, where);
    found.forEach((loss, step) => {
      expect(Math.abs(loss - record.losses[step]!), `step ${step}`).toBeLessThanOrEqual(most);
    });
  });
});
