import { create } from 'zustand';
import type { OpenedDesign } from '#contract/app.ts';
import { CallError } from '#contract/define.ts';
import type { Design } from '#core/project/design.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { withPositions } from '../canvas/layout.ts';
import type { Main } from '../connection/main.ts';
import { notify } from '../ui/notices.ts';
import { showDesign, useDocument } from './store.ts';

/** Milliseconds of quiet after which a change is saved. */
const QUIET = 400;
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

/** Saves every change by itself: soon after it was made, one write at a time. */
export class Autosave {
  readonly #main: Main;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();
  /** The design that the file holds, as far as we know. */
  #clean: Design = useDocument.getState().design;

  constructor(main: Main) {
    this.#main = main;
    useDocument.subscribe(({ design }) => {
      if (design !== this.#clean && useFile.getState().open) this.#schedule();
    });
    // Closing the window saves what is not saved yet.
    window.addEventListener('pagehide', () => void this.flush());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') void this.flush();
    });
  }

  /** Shows a design that has no file yet; it gets one with its first change. */
  openNew(given: Design): void {
    const design = placed(given);
    this.#clean = design;
    useFile.setState({ file: undefined, state: 'unchanged', reason: '', open: true });
    sessionStorage.removeItem(LAST_OPEN);
    showDesign(design);
  }

  /** Shows a design from its file. */
  openFile(opened: OpenedDesign): void {
    const design = placed(parseDesign(opened.text));
    this.#clean = design;
    this.#setFile(opened);
    useFile.setState({ state: 'saved', reason: '', open: true });
    showDesign(design);
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
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  #schedule(): void {
    useFile.setState({ state: 'waiting' });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), QUIET);
  }

  async #save(): Promise<void> {
    const { design } = useDocument.getState();
    if (design === this.#clean || !useFile.getState().open) return;
    const text = formatDesign(design);
    useFile.setState({ state: 'saving' });
    try {
      await this.#write(text);
      this.#clean = design;
      const changedMeanwhile = useDocument.getState().design !== design;
      useFile.setState({ state: changedMeanwhile ? 'waiting' : 'saved', reason: '' });
    } catch (error) {
      useFile.setState({ state: 'failed', reason: error instanceof Error ? error.message : String(error) });
    }
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
