import type { OpenedDesign } from '#contract/app/index.ts';
import { CallError } from '#contract/define.ts';
import { parseDesign } from '#core/project/design-file.ts';
import type { Main } from '../connection/main.ts';
import { type Draft, dropDraft } from '../document/drafts.ts';
import type { Autosave } from '../document/file.ts';
import { attempt } from '../ui/notices.ts';
import { DESIGN_FILES, pickText } from '../ui/pick-text.ts';
import { useShell } from './shell.ts';
import { askToAbandon } from './unsaved-store.ts';
import type { Open } from './use-open.ts';

/** @param shown called when the canvas is to be shown, with another design or with the one that stays */
export function createOpen(main: Main, autosave: Autosave, shown: () => void): Open {
  /** Brings another design onto the canvas; one that could not be saved is not replaced without a question. */
  const bring = (work: () => Promise<boolean>) =>
    void attempt(async () => {
      if (!(await leave())) return;
      if (await work()) shown();
    });
  /** @returns whether the design on the canvas may go */
  const leave = async () => {
    await autosave.flush();
    if (autosave.isDirty && !(await askToAbandon())) {
      shown();
      return false;
    }
    if (autosave.isDirty) await autosave.abandon();
    return true;
  };
  /** @returns whether there was a file */
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
          if (!(await leave())) return;
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
    draft: (draft) =>
      bring(async () => {
        await openDraft(main, autosave, draft);
        return true;
      }),
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

/** Goes on with a design that could not be saved: in its file, as a change that can be undone, else as a new one. */
async function openDraft(main: Main, autosave: Autosave, { design: id, file, text }: Draft): Promise<void> {
  const design = parseDesign(text);
  const opened = file && (await main.call('designs.open', { id: file }).catch(() => undefined));
  if (opened) autosave.openFile(opened);
  else autosave.openNew(design);
  if (opened) autosave.change(design);
  await autosave.keep();
  if (!autosave.isDirty) await dropDraft(id).catch(() => undefined);
}
