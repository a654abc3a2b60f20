import { CPU_TARGET } from '#core/onnx/builder.ts';
import { backend } from '#main/training/backend.ts';
import { type BatchNormCase, errorsOf, exactly, inputsOf, RESULTS, runBatchNorm } from '../test/oracle/batch-norm.ts';
import { recording } from '../test/oracle/pytorch.ts';

export const title =
  "BATCH NORM's errors against float64, ours and PyTorch's (recorded), for volumes up to 224×224×64 and batches up to 128";

/** Takes some GB of memory and a few minutes. */
export const long = true;

export async function run(): Promise<void> {
  const { torch, cases } = recording<{ torch: string; cases: readonly BatchNormCase[] }>('batch-norm-large.json');
  const blocked = await backend('cpu').target();
  const targets = { plain: CPU_TARGET, ...(blocked.channelBlock > 1 && { blocked }) };
  console.log(`  each number: ours, PyTorch ${torch}'s; the largest difference over the largest number`);
  console.log(`  ${['batch', 'mean', 'layout', ...RESULTS].join(' | ')}`);
  for (const one of cases) {
    const inputs = inputsOf(one);
    const exact = exactly(one.shape, inputs);
    for (const [name, target] of Object.entries(targets)) {
      const errors = errorsOf(await runBatchNorm(one.shape, inputs, target), exact);
      const cells = RESULTS.map(
        (result) => `${errors[result].toExponential(1)}, ${one.errors[result].toExponential(1)}`,
      );
      console.log(`  ${[`${one.kind} ${one.shape.join('×')}`, one.mean, name, ...cells].join(' | ')}`);
    }
  }
}
