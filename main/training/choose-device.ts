import type { DeviceChoice } from '#contract/schemas.ts';
import { Batcher } from '../datasets/batches.ts';
import type { ImageSet } from '../datasets/image-set.ts';
import { backend } from './backend.ts';
import type { Backend } from './backends/define.ts';
import type { CompiledDesign } from './compiled-design.ts';
import type { Candidates } from './devices.ts';
import type { NamedValues } from './states.ts';
import { Trainer } from './trainer.ts';
import { compareWithCpu } from './trust.ts';

export interface ChosenDevice {
  readonly backend: Backend;
  /** Why this one, for the user. */
  readonly note: string;
}

/** Steps that are timed on each device, after one that compiles. */
const TIMED_STEPS = 3;
/** Milliseconds of a step that need not be measured twice. */
const SLOW = 500;

/**
 * The device for a run: what was asked for if it can be trusted, the CPU otherwise; for `auto`, the fastest of those that
 * agreed with the CPU and the CPU itself.
 */
export async function chooseDevice(
  { devices, note }: Candidates,
  asked: DeviceChoice,
  compiled: CompiledDesign,
  set: ImageSet,
  classes: number,
  values: NamedValues,
): Promise<ChosenDevice> {
  const cpu = backend('cpu');
  const trusted: Backend[] = [];
  const refused: string[] = [];
  for (const device of devices) {
    const verdict = await compareWithCpu(compiled, set, classes, values, device, cpu).catch((error: unknown) => ({
      agrees: false as const,
      reason: `it failed: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
    }));
    if (verdict.agrees) trusted.push(device);
    else refused.push(`${device.name} is not used because ${verdict.reason}`);
  }
  const [first] = trusted;
  if (first === undefined) {
    return { backend: cpu, note: refused.length > 0 ? `${refused.join('; ')}; the CPU trains instead` : note };
  }
  if (asked !== 'auto') return { backend: first, note: 'chosen; one step agreed with the CPU' };
  const timed: { readonly device: Backend; readonly time: number }[] = [];
  for (const device of [...trusted, cpu]) {
    timed.push({ device, time: await stepTime(device, compiled, set, classes, values) });
  }
  const fastest = timed.reduce((best, one) => (one.time < best.time ? one : best));
  const times = timed.map(({ device, time }) => `${device.name} ${time.toFixed(1)} ms`).join(', ');
  return { backend: fastest.device, note: [`the fastest a step: ${times}`, ...refused].join('; ') };
}

/** Milliseconds of a training step: the best of a few. */
export async function stepTime(
  where: Backend,
  { design, report }: CompiledDesign,
  set: ImageSet,
  classes: number,
  values: NamedValues,
): Promise<number> {
  const trainer = new Trainer(design.network, report, values, where, design.training);
  try {
    const size = Math.min(design.training.batchSize, set.count);
    const order = Uint32Array.from({ length: size }, (_, i) => i);
    const batch = new Batcher(set, classes).fill(order, 0, size);
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i <= TIMED_STEPS; i++) {
      const begin = performance.now();
      // Standing still: no learning rate can make the numbers grow beyond bounds here.
      await trainer.step(batch, { ...design.training, learningRate: 0 }, i);
      if (i > 0) best = Math.min(best, performance.now() - begin);
      if (i > 0 && best > SLOW) break;
    }
    return best;
  } finally {
    await trainer.dispose();
  }
}
