import type { AppHandlers } from './define.ts';

export const appHandlers: AppHandlers<'app'> = ({ platform }) => ({
  'app.describe': () => ({
    version: __VERSION__,
    shell: platform.shell,
    designsFolder: platform.designsFolder,
    runtime: platform.runtime,
  }),
});
