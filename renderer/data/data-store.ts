import { create } from 'zustand';
import type { DataSet } from '#contract/app/index.ts';
import type { DataInfo } from '#contract/schemas.ts';
import type { DataReference, Design } from '#core/project/design.ts';
import type { Main } from '../connection/main.ts';
import { setData, useDocument } from '../document/store.ts';

/** What a design is trained on as long as nobody has chosen anything. */
const BUILT_IN: DataReference = { id: 'digits', name: 'Built-in digits' };

interface DataState {
  /** All data sets that may be chosen. */
  readonly sets: readonly DataSet[];
  /** The data set that is described below: the design's. */
  readonly reference: DataReference;
  /** What it holds, once that is known. */
  readonly info: DataInfo | undefined;
  /** Why it cannot be used. */
  readonly fault: string;
  /** Images read so far, while a folder is read. */
  readonly progress: { readonly done: number; readonly total: number } | undefined;
}

/** The data sets of this computer, and the one that the design is trained on. */
export const useData = create<DataState>()(() => ({
  sets: [],
  reference: BUILT_IN,
  info: undefined,
  fault: '',
  progress: undefined,
}));

/** The data set that a design is trained on: the one chosen for it, else the built-in digits. */
export function dataOf({ data }: Design): DataReference {
  return data ?? BUILT_IN;
}

function isSame(a: DataReference, b: DataReference): boolean {
  return a.id === b.id && a.size?.height === b.size?.height && a.size?.width === b.size?.width;
}

/** The page's side of data sets: knows what the design's holds, and asks main for what the user wants. */
export class DataClient {
  readonly #main: Main;

  constructor(main: Main) {
    this.#main = main;
    main.on('data.progress', ({ id, ...progress }) => {
      if (id === useData.getState().reference.id) useData.setState({ progress });
    });
    // The choice is a part of the design: it changes with it, and by undoing.
    useDocument.subscribe(({ design }, before) => {
      if (design.data !== before.design.data) void this.#follow(dataOf(design));
    });
  }

  /** Learns what there is to train on. */
  async begin(): Promise<void> {
    useData.setState({ sets: await this.#main.call('data.list', {}) });
    await this.describe(dataOf(useDocument.getState().design));
  }

  /** Adds a folder, asked for with main's dialog where no path is given, and chooses it. Throws where it cannot be used. */
  async add(path?: string): Promise<void> {
    const added = await this.#main.call('data.add', path === undefined ? {} : { path });
    if (added === null) return;
    useData.setState({ sets: await this.#main.call('data.list', {}) });
    this.choose(added.id);
  }

  /** Chooses a data set for the design; the same one again is read anew. */
  choose(id: string): void {
    const set = useData.getState().sets.find((one) => one.id === id);
    if (set === undefined) return;
    const reference = { id, name: set.name };
    if (isSame(reference, dataOf(useDocument.getState().design))) void this.describe(reference);
    setData(reference);
  }

  /** Has the images of the design's folder resized to squares. */
  resize(side: number): void {
    const { id, name } = dataOf(useDocument.getState().design);
    setData({ id, name, size: { height: side, width: side } });
  }

  async #follow(reference: DataReference): Promise<void> {
    if (!isSame(reference, useData.getState().reference)) await this.describe(reference);
  }

  /** Asks what a data set holds. Reading it may take long. */
  async describe(reference: DataReference): Promise<void> {
    useData.setState({ reference, info: undefined, fault: '', progress: undefined });
    const isWanted = () => useData.getState().reference === reference;
    try {
      const info = await this.#main.call('data.describe', { data: reference });
      if (isWanted()) useData.setState({ info });
    } catch (error) {
      if (isWanted()) useData.setState({ fault: error instanceof Error ? error.message : String(error) });
    }
  }
}
