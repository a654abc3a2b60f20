import type { OpenedDesign } from '#contract/app.ts';
import { CallError } from '#contract/define.ts';
import type { Main } from '../connection/main.ts';
import type { Autosave } from '../document/file.ts';
import { attempt } from '../ui/notices.ts';
import { DESIGN_FILES, pickText } from '../ui/pick-text.ts';
import { useShell } from './shell.ts';
import type { Open } from './use-open.ts';

/** @param shown called when another design is on the canvas */
export function createOpen(main: Main, autosave: Autosave, shown: () => void): Open {
  const bring = (work: () => Promise<boolean>) =>
    void attempt(async () => {
      await autosave.flush();
      if (await work()) shown();
    });
  /** Answers whether there was a file. */
  const openFile = (opened: OpenedDesign | null) => {
    if (opened !== null) autosave.openFile(opened);
    return opened !== null;
  };
  return {
    fresh: (design) =>
      bring(async () => {
        autosave.openNew(design);
        return true;
      }),
    recent: (id) =>
      bring(async () => {
        autosave.openFile(await main.call('designs.open', { id }));
        return true;
      }),
    waiting: () => {
      // Each file by itself: one that cannot be opened is told, and the others are opened all the same.
      const next = () =>
        void attempt(async () => {
          await autosave.flush();
          const opened = await main.call('designs.takeWaiting', {}).catch((error: unknown) => {
            if (!(error instanceof CallError) || error.code === 'closed') throw error;
            next();
            throw error;
          });
          if (!openFile(opened)) return;
          shown();
          next();
        });
      next();
    },
    ask: () =>
      bring(async () => {
        if (useShell.getState().shell === 'electron') return openFile(await main.call('designs.pick', {}));
        const picked = await pickText(DESIGN_FILES);
        if (picked === undefined) return false;
        // A browser gives the page a copy; from here on the copy in the designs folder is the design.
        autosave.openFile(await main.call('designs.create', { text: picked.text }));
        return true;
      }),
  };
}
