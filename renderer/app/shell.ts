import { create } from 'zustand';

interface Shell {
  readonly shell: 'electron' | 'browser';
  readonly version: string;
  readonly designsFolder: string;
  readonly runtime: string;
}

/** What the page runs in. */
export const useShell = create<Shell>()(() => ({ shell: 'browser', version: '', designsFolder: '', runtime: '' }));
