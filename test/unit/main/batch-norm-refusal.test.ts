/** A step refuses what PyTorch refuses: BATCH NORM with one value for each channel. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { namedTensors } from '#core/training/emit.ts';
import { initialTensor } from '#core/training/initialize.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { backend } from '#main/training/backend.ts';
import { checkBatchNorm } from '#main/training/batch-norm.ts';
import { Trainer } from '#main/training/trainer.ts';
import { connectEngine, RUN } from '../../engine-client.ts';
import { writeDigits } from '../../idx-files.ts';
import { chain, conv, input, type Step } from '../../networks.ts';
import { recording } from '../../oracle/pytorch.ts';
import { temporaryFolder } from '../../temporary.ts';

interface Recorded {
  readonly cases: readonly {
    readonly batch: number;
    readonly shape: readonly number[];
    /** What PyTorch says in training; '' where it trains. */
    readonly message: string;
    /** Whether it refuses with running statistics. */
    readonly frozen: boolean;
  }[];
}

/** A network whose BATCH NORM takes a vector or a volume of this shape. */
function normalising([channels = 1, height, width]: readonly number[], trainable = true): Network {
  const norm: Step = ['BatchNormalization', { trainable }];
  const end: readonly Step[] = [['Dense', { units: 2 }], ['Softmax']];
  if (height === undefined) return chain(input(channels, 1), ['Flatten'], norm, ...end);
  return chain(input(channels, height, width), norm, ['Flatten'], ...end);
}

/** Does one step; returns why not, or ''. */
async function refusal(network: Network, size: number): Promise<string> {
  const report = propagate(network);
  const values = new Map(
    namedTensors(report).map(({ name, spec }) => {
      const { dims, data } = initialTensor(name, spec, 1);
      return [name, { dtype: 'float32' as const, dims, data: data as Float32Array }];
    }),
  );
  const trainer = new Trainer(network, report, values, backend('cpu'));
  const shape = report.layers.get(report.input ?? '')?.shape ?? [];
  const pixels = Uint8Array.from({ length: size * shape.reduce((a, b) => a * b) }, (_, i) => (i * 97) % 256);
  const target = Float32Array.from({ length: 2 * size }, (_, i) => (i + 1) % 2);
  try {
    const { loss } = await trainer.step({ size, pixels, target }, DEFAULT_TRAINING, 0);
    expect(Number.isFinite(loss)).toBe(true);
    return '';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await trainer.dispose();
  }
}

describe('a step with BATCH NORM', () => {
  const { cases } = recording<Recorded>('batch-norm-refusal.json');

  it.each(cases)('of $batch on $shape', async ({ batch, shape, message, frozen }) => {
    const found = await refusal(normalising(shape), batch);
    if (message === '') expect(found).toBe('');
    else {
      expect(message).toContain('Expected more than 1 value per channel when training');
      expect(found).toBe(
        'BATCH NORM bn1 needs more than one value for each channel in a step, and a single image gives it one. Choose a batch size above 1 that leaves no single image for the last step of an epoch (as 33 images at 16 do), put BATCH NORM before the FLATTEN, or freeze it.',
      );
    }
    expect((await refusal(normalising(shape, false), batch)) !== '').toBe(frozen);
  });

  it('in parts, of which one is a single image', () => {
    const report = propagate(normalising([4]));
    expect(() => checkBatchNorm(report, 8, 4)).not.toThrow();
    expect(() => checkBatchNorm(report, 9, 4)).toThrow('There is memory for 4 of 9 images at once, which leaves one');
    expect(() => checkBatchNorm(report, 8, 1)).toThrow('There is memory for 1 of 8 images at once');
    expect(() => checkBatchNorm(propagate(normalising([4, 3, 3])), 9, 4)).not.toThrow();
  });
});

describe('a run', () => {
  async function train(images: number) {
    const folder = temporaryFolder();
    writeDigits(join(folder, 'data'), images + 1);
    const network = chain(
      input(1, 28),
      conv(2, 5, 4),
      ['Flatten'],
      ['Dense', { units: 4 }],
      ['BatchNormalization'],
      ['Dense', { units: 10 }],
    );
    const training = { ...DEFAULT_TRAINING, epochs: 1, batchSize: 16 };
    const engine = connectEngine();
    const ended = engine.ends();
    await engine.client.call('run.start', {
      run: RUN,
      design: formatDesign({ name: 'Test', network, training, classLabels: [] }),
      source: { type: 'folder', path: join(folder, 'data') },
      ranges: { train: { begin: 0, end: images }, validate: { begin: images, end: images + 1 } },
      device: 'cpu',
      folder: join(folder, 'run'),
    });
    await ended;
    return { ...engine, run: join(folder, 'run') };
  }

  it('of 33 images at 16 does not begin, and says why', async () => {
    const { losses, statuses, message, run } = await train(33);
    expect(losses).toHaveLength(0);
    expect(statuses.at(-1)).toBe('failed');
    expect(message()).toMatch(/^bn1 normalises each channel.*a last batch of one image \(33 images in batches of 16\)/);
    expect(existsSync(run)).toBe(false);
  });

  it('of 34 images trains, and validates a single one', async () => {
    const { losses, statuses } = await train(34);
    expect(losses).toHaveLength(3);
    expect(statuses.at(-1)).toBe('finished');
  });
});
