import { create } from 'zustand';
import type { Design } from '#core/project/design.ts';
import { parseDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import type { Main } from '../connection/main.ts';
import { useDocument } from '../document/store.ts';

/** What the design on the canvas is compared with. `label` is what it is called. */
export type Source =
  | { readonly type: 'opened'; readonly label: string }
  | { readonly type: 'template'; readonly label: string; readonly id: string }
  | { readonly type: 'recent'; readonly label: string; readonly id: string }
  | { readonly type: 'file'; readonly label: string; readonly text: string };

interface CompareState {
  readonly open: boolean;
  /** Chosen last; it is kept while the dialog is closed. */
  readonly source: Source | undefined;
  /** The design that it holds, once it is there. */
  readonly other: Design | undefined;
  /** Why it could not be read. */
  readonly fault: string;
}

/** The dialog that compares the design with another. */
export const useCompare = create<CompareState>()(() => ({
  open: false,
  source: undefined,
  other: undefined,
  fault: '',
}));

export function openCompare(): void {
  useCompare.setState({ open: true });
}

export function closeCompare(): void {
  useCompare.setState({ open: false });
}

/** Reads what to compare with; what was chosen before is forgotten, also if that is still being read. */
export async function compareWith(main: Main, source: Source): Promise<void> {
  useCompare.setState({ source, other: undefined, fault: '' });
  const answer = await readSource(main, source).then(
    (other) => ({ other }),
    (error: unknown) => ({ fault: error instanceof Error ? error.message : String(error) }),
  );
  if (useCompare.getState().source === source) useCompare.setState(answer);
}

/** Reads again what was chosen last: the file, or the design that was opened, may be another by now. */
export function compareAgain(main: Main): void {
  const { source } = useCompare.getState();
  if (source !== undefined) void compareWith(main, source);
}

async function readSource(main: Main, source: Source): Promise<Design> {
  switch (source.type) {
    case 'opened':
      return useDocument.getState().opened;
    case 'template': {
      const template = findTemplate(source.id);
      if (template === undefined) throw new Error(`There is no template ${source.id}.`);
      return template.create();
    }
    case 'recent':
      return parseDesign((await main.call('designs.read', { id: source.id })).text);
    case 'file':
      return parseDesign(source.text);
    default:
      return source satisfies never;
  }
}
