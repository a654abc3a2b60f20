import type { AppHandlers } from './define.ts';

export const dataHandlers: AppHandlers<'data'> = ({ data, platform, training }) => ({
  'data.list': () => data.list(),
  'data.add': async ({ path }) => {
    const folder = path ?? (await platform.pickDataFolder());
    return folder === null ? null : data.add(folder);
  },
  'data.describe': async ({ data: reference }) =>
    training.call('data.describe', { source: await data.source(reference) }),
  'data.forget': ({ id }) => data.forget(id),
  'data.samples': async ({ data: reference, ...request }) =>
    training.call('data.samples', { source: await data.source(reference), ...request }),
});
