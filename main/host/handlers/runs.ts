import { RunFolder } from '../../runs/run-folder.ts';
import { readDesign } from '../../training/compiled-design.ts';
import type { AppHandlers } from './define.ts';

export const runHandlers: AppHandlers<'runs'> = ({ data, runs, scheduler, training }) => {
  /** Where the images of a run are. */
  const sourceOf = async (run: string) => {
    const { parts } = await runs.find(run);
    return (await new RunFolder(parts.folder).open()).info.source;
  };
  return {
    'runs.list': async () => (await runs.all()).map((record) => record.entry()),
    'runs.start': async ({ design: text, data: reference, device }) => {
      const source = await data.source(reference);
      const { design } = readDesign(text);
      const run = await scheduler.start({ text, design, source, data: reference.name, device });
      return { run };
    },
    'runs.pause': ({ run }) => scheduler.pause(run),
    'runs.resume': ({ run }) => scheduler.resume(run),
    'runs.stop': ({ run }) => scheduler.stop(run),
    'runs.delete': ({ run }) => scheduler.delete(run),
    'runs.follow': async ({ run }, page) => {
      const record = await runs.find(run);
      // At once: what happens from here on reaches the page behind this answer.
      page.follow(run);
      return record.snapshot();
    },
    'runs.unfollow': async ({ run }, page) => {
      page.unfollow(run);
      await scheduler.updateWatch(run);
    },
    'runs.watch': ({ run, ...watch }, page) => scheduler.watch(run, watch, page),
    'runs.filters': ({ run, layer }) => training.call('run.filters', { run, layer }),
    'runs.data': async ({ run }) => training.call('data.describe', { source: await sourceOf(run) }),
    'runs.samples': async ({ run, begin, count }) =>
      training.call('data.samples', { source: await sourceOf(run), begin, count }),
  };
};
