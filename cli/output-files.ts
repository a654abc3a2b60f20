import { basename, dirname, resolve } from 'node:path';
import { checkOutput } from '#disk/check-output.ts';
import { UsageError } from './usage-error.ts';

/** Where a command that trains writes to. */
export interface Outputs {
  /** The model. */
  readonly out?: string | undefined;
  readonly metrics?: string | undefined;
  /** The run's folder. */
  readonly run?: string | undefined;
}

/** The files of a run's folder that the run itself writes. */
const OF_A_RUN =
  /^(run\.json|design\.convcanvas|metrics\.jsonl|lock|(checkpoint(\.previous)?|best|history)\.safetensors)$/;

/** Throws where something could not be written at the end of the training: now, before it begins. Changes nothing. */
export async function checkOutputs({ out, metrics, run }: Outputs): Promise<void> {
  if (out !== undefined && metrics !== undefined && resolve(out) === resolve(metrics)) {
    throw new UsageError(`--out and --metrics name the same file: ${out}. Give each its own.`);
  }
  for (const [option, path] of Object.entries({ out, metrics })) {
    if (path === undefined) continue;
    if (run !== undefined && dirname(resolve(path)) === resolve(run)) {
      if (OF_A_RUN.test(basename(path))) {
        throw new UsageError(`--${option} needs a file of its own: the run itself writes ${path}.`);
      }
      // The folder is made when the run begins.
      continue;
    }
    await checkOutput(resolve(path));
  }
}
