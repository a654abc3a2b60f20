import type { DeviceChoice } from '#contract/schemas.ts';
import { Batcher } from '../datasets/batches.ts';
import type { ImageSet } from '../datasets/image-set.ts';
import { type Backend, backend } from './backend.ts';
import type { CompiledDesign } from './compiled-design.ts';
import type { Candidate } from './devices.ts';
import { type NamedValues, Trainer } from './trainer.ts';
import { compareWithCpu } from './trust.ts';

export interface ChosenDevice {
  readonly backend: Backend;
  /** Why this one, for the user. */
  readonly note: string;
}

/** Steps that `auto` times on each device, after one that compiles. */
const TIMED_STEPS = 3;

/** The device for a run: what was asked for if it can be trusted, the CPU otherwise; for `auto`, the faster one. */
export async function chooseDevice(
  { gpu, note }: Candidate,
  asked: DeviceChoice,
  compiled: CompiledDesign,
  set: ImageSet,
  classes: number,
  values: NamedValues,
): Promise<ChosenDevice> {
  const cpu = backend('cpu');
  if (gpu === undefined) return { backend: cpu, note };
  const verdict = await compareWithCpu(compiled, set, classes, values, gpu, cpu).catch((error: unknown) => ({
    agrees: false as const,
    reason: `it failed: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
  }));
  if (!verdict.agrees) {
    return { backend: cpu, note: `${gpu.name} is not used because ${verdict.reason}; the CPU trains instead` };
  }
  if (asked !== 'auto') return { backend: gpu, note: 'chosen; one step agreed with the CPU' };
  const [onGpu, onCpu] = [
    await stepTime(gpu, compiled, set, classes, values),
    await stepTime(cpu, compiled, set, classes, values),
  ];
  const times = `${gpu.name} ${onGpu.toFixed(1)} ms a step, cpu ${onCpu.toFixed(1)} ms`;
  return { backend: onGpu < onCpu ? gpu : cpu, note: `the faster one: ${times}` };
}

/** Milliseconds of a training step: the best of a few. */
async function stepTime(
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
    }
    return best;
  } finally {
    await trainer.dispose();
  }
}
