import { resolve } from 'node:path';
import { RUN, triedDevices, withEngine } from './engine.ts';
import { parseOptions } from './options.ts';
import { REPORT_OPTIONS, trainAndTell } from './report-run.ts';
import { UsageError } from './usage-error.ts';

/** `resume <folder>`: goes on with a run that ended before it was done. */
export async function resume(args: readonly string[]): Promise<number> {
  const { values, words } = parseOptions(args, REPORT_OPTIONS, 1);
  if (words[0] === undefined) throw new UsageError('resume needs the folder that train --run named.');
  const folder = resolve(words[0]);
  const { design, step, device } = await withEngine((engine) => engine.call('run.inspect', { folder }));
  return trainAndTell({ ...values, run: folder }, async (engine) => {
    const trials = device === 'cpu' ? undefined : await triedDevices();
    if (!values.json) console.log(step === 0 ? 'from the beginning: there is no checkpoint' : `from step ${step}`);
    await engine.call('run.continue', { run: RUN, folder, ...(trials && { trials }) });
    return design;
  });
}
