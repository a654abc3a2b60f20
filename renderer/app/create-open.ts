import type { OpenedDesign } from '#contract/app.ts';
import type { Main } from '../connection/main.ts';
import type { Autosave } from '../document/file.ts';
import { attempt } from '../ui/notices.ts';
import { useShell } from './shell.ts';
import type { Open } from './use-open.ts';

/** A file the user picks in the page's own dialog: its text, or undefined where they pick none. */
function pickText(accept: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.addEventListener('change', () => resolve(input.files?.[0]?.text()));
    input.addEventListener('cancel', () => resolve(undefined));
    input.click();
  });
}

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
    waiting: () => bring(async () => openFile(await main.call('designs.takeWaiting', {}))),
    ask: () =>
      bring(async () => {
        if (useShell.getState().shell === 'electron') return openFile(await main.call('designs.pick', {}));
        const text = await pickText('.convcanvas,application/json');
        if (text === undefined) return false;
        // A browser gives the page a copy; from here on the copy in the designs folder is the design.
        autosave.openFile(await main.call('designs.create', { text }));
        return true;
      }),
  };
}
