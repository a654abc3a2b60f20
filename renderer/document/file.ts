import { create } from 'zustand';
import type { OpenedDesign } from '#contract/app/index.ts';
import { CallError } from '#contract/define.ts';
import type { Design } from '#core/project/design.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { withPositions } from '../canvas/layout.ts';
import type { Main } from '../connection/main.ts';
import { notify } from '../ui/notices.ts';
import { dropDraft, keepDraft } from './drafts.ts';
import { SavePause } from './save-pause.ts';
import { replaceDesign, showDesign, useDocument } from './store.ts';

const LAST_OPEN = 'convcanvas.lastOpen';

type SaveState = 'unchanged' | 'waiting' | 'saving' | 'saved' | 'failed';

interface FileState {
  /** The file this design is saved in; none before its first change. */
  readonly file: { readonly id: string; readonly path: string; readonly revision: string } | undefined;
  readonly state: SaveState;
  /** Why the last attempt failed. */
  readonly reason: string;
  /** Whether a design is shown at all, or the start screen. */
  readonly open: boolean;
}

export const useFile = create<FileState>()(() => ({ file: undefined, state: 'unchanged', reason: '', open: false }));

/** A design with a place for every layer. Placing is no change that needs saving. */
function placed(design: Design): Design {
  return { ...design, network: withPositions(design.network) };
}

/**
 * Saves every change by itself: soon after it was made, however many follow it, one write at a time. A write that fails
 * is tried again with growing pauses; until one succeeds, the browser keeps a copy.
 */
export class Autosave {
  readonly #main: Main;
  readonly #pause = new SavePause(() => void this.flush());
  #saving: Promise<void> = Promise.resolve();
  /** The design that the file holds, as far as we know. */
  #clean: Design = useDocument.getState().design;

  constructor(main: Main) {
    this.#main = main;
    useDocument.subscribe(({ design }) => {
      if (design !== this.#clean && useFile.getState().open) this.#schedule();
    });
    // Closing the window saves what is not saved yet.
    window.addEventListener('pagehide', () => {
      void this.flush();
      if (this.isDirty) void this.#keepDraft();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') void this.flush();
    });
    main.onClose(() => {
      if (this.isDirty) void this.#keepDraft();
    });
  }

  /** Whether the file lacks something that was changed. */
  get isDirty(): boolean {
    return useFile.getState().open && useDocument.getState().design !== this.#clean;
  }

  /** Shows a design that has no file yet; it gets one with its first change. */
  openNew(given: Design): void {
    sessionStorage.removeItem(LAST_OPEN);
    this.#show(given, { file: undefined, state: 'unchanged' });
  }

  /** Puts another content in place of the design that is shown, as a change that can be undone. */
  change(given: Design): void {
    replaceDesign(placed(given));
  }

  /** Shows a design from its file. */
  openFile(opened: OpenedDesign): void {
    const design = parseDesign(opened.text);
    this.#setFile(opened);
    this.#show(design, { state: 'saved' });
  }

  /** The design that was open in this window before it was loaded anew. */
  async reopen(): Promise<void> {
    const id = sessionStorage.getItem(LAST_OPEN);
    if (id === null) return;
    try {
      this.openFile(await this.#main.call('designs.open', { id }));
    } catch {
      sessionStorage.removeItem(LAST_OPEN);
    }
  }

  /** Saves now what is not saved yet; resolves when it is, or when it could not be. */
  flush(): Promise<void> {
    this.#pause.cancel();
    this.#saving = this.#saving.then(() => (this.isDirty ? this.#save() : undefined));
    return this.#saving;
  }

  /** Saves the design even if nothing was changed: what refers to it can then find it again. */
  keep(): Promise<void> {
    this.#pause.cancel();
    this.#saving = this.#saving.then(() =>
      this.isDirty || useFile.getState().file === undefined ? this.#save() : undefined,
    );
    return this.#saving;
  }

  /** Gives up what could not be saved: another design is opened in its place. A copy stays in the browser. */
  async abandon(): Promise<void> {
    if (this.isDirty) await this.#keepDraft();
    this.#pause.cancel();
    this.#clean = useDocument.getState().design;
  }

  #show(given: Design, file: Partial<FileState>): void {
    // With its places and its id, neither of which is a change that needs saving.
    showDesign(placed(given));
    this.#clean = useDocument.getState().design;
    this.#pause.reset();
    useFile.setState({ reason: '', open: true, ...file });
  }

  #schedule(): void {
    if (useFile.getState().state !== 'failed') useFile.setState({ state: 'waiting' });
    this.#pause.afterChange();
  }

  async #save(): Promise<void> {
    const { design } = useDocument.getState();
    if (useFile.getState().state !== 'failed') useFile.setState({ state: 'saving' });
    try {
      await this.#write(formatDesign(design));
      this.#clean = design;
      this.#pause.reset();
      if (design.id !== undefined) void dropDraft(design.id).catch(() => undefined);
      if (this.isDirty) this.#schedule();
      useFile.setState({ state: this.isDirty ? 'waiting' : 'saved', reason: '' });
    } catch (error) {
      useFile.setState({ state: 'failed', reason: error instanceof Error ? error.message : String(error) });
      await this.#keepDraft();
      this.#pause.afterFailure();
    }
  }

  async #keepDraft(): Promise<void> {
    const { design } = useDocument.getState();
    const { file } = useFile.getState();
    const { id, name } = design;
    if (id === undefined) return;
    // A browser that keeps nothing for the page has said so by now; what could not be saved stays in the page.
    await keepDraft({ design: id, name, text: formatDesign(design), file: file?.id, at: Date.now() }).catch(
      () => undefined,
    );
  }

  async #write(text: string): Promise<void> {
    const { file } = useFile.getState();
    if (file === undefined) {
      this.#setFile(await this.#main.call('designs.create', { text }));
      return;
    }
    try {
      const { revision } = await this.#main.call('designs.save', { id: file.id, text, revision: file.revision });
      useFile.setState({ file: { ...file, revision } });
    } catch (error) {
      if (!(error instanceof CallError) || error.code !== 'refused') throw error;
      // Somebody else has changed the file: both versions are kept.
      this.#setFile(await this.#main.call('designs.create', { text }));
      notify('warning', `${error.message} Your version is saved as ${useFile.getState().file?.path}.`);
    }
  }

  #setFile({ id, path, revision }: OpenedDesign): void {
    useFile.setState({ file: { id, path, revision } });
    sessionStorage.setItem(LAST_OPEN, id);
  }
}
