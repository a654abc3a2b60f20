/** Trains one network for some steps and tells the process's largest memory: the child of memory.bench.ts. */
import { readFileSync } from 'node:fs';
import { parseDesign } from '#core/project/design-file.ts';
import { trainingSteps } from './training-steps.ts';

/** Bytes. (What getrusage tells includes the process that started this one.) */
function peak(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return 1024 * Number(kilobytes);
}

process.once('message', async ({ design, batch, steps }: { design: string; batch: number; steps: number }) => {
  const { network } = parseDesign(design);
  const idleBytes = peak();
  await trainingSteps(network, batch, steps);
  process.send?.({ peakBytes: peak(), idleBytes }, () => process.exit(0));
});
