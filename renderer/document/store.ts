import { type TemporalState, temporal } from 'zundo';
import { create, useStore } from 'zustand';
import { applyEdit, type Edit } from '#core/network/edits.ts';
import type { LayerId } from '#core/network/network.ts';
import type { Fix } from '#core/network/problems.ts';
import { type NetworkReport, propagate } from '#core/network/propagate.ts';
import type { DataReference, Design } from '#core/project/design.ts';
import { blankDesign } from '#core/templates/index.ts';
import type { Recipe } from '#core/training/recipes/define.ts';
import { withRecipe } from '#core/training/recipes/index.ts';
import type { TrainingSettings } from '#core/training/settings.ts';

/** Steps that can be undone. */
const UNDO_LIMIT = 200;
/** Milliseconds within which changes of the same thing are undone together: typing "128" is one change. */
const TOGETHER = 1000;

interface DocumentState {
  readonly design: Design;
  /** The design as it was when it was opened in this window. */
  readonly opened: Design;
  /** Shapes, problems and costs of the design's network; the same object as long as they do not change. */
  readonly report: NetworkReport;
  readonly selection: ReadonlySet<LayerId>;
}

/** A design with an id: runs and their weights refer to it. */
function identified(design: Design): Design {
  return design.id === undefined ? { ...design, id: crypto.randomUUID() } : design;
}

const start = identified(blankDesign());

export const useDocument = create<DocumentState>()(
  temporal(
    (): DocumentState => ({ design: start, opened: start, report: propagate(start.network), selection: new Set() }),
    {
      limit: UNDO_LIMIT,
      // The selection is not undone, and the report follows from the design.
      partialize: ({ design, report }) => ({ design, report }) as DocumentState,
      equality: (before, after) => before.design === after.design,
    },
  ),
);

const history = useDocument.temporal;
let lastChange = { what: '', at: 0 };

/** Sets the design; changes of the same `what` in quick succession are one step to undo. */
function change(design: Design, report: NetworkReport, what: string): void {
  const now = Date.now();
  const continues = what !== '' && what === lastChange.what && now - lastChange.at < TOGETHER;
  lastChange = { what, at: now };
  if (continues) history.getState().pause();
  useDocument.setState({ design, report });
  if (!continues) return;
  history.getState().resume();
  dropEmptyStep(design);
}

/** Where quick changes led back to where they began, as with a number that was refused, there is nothing to undo. */
function dropEmptyStep(design: Design): void {
  const { pastStates } = history.getState();
  const before = pastStates.at(-1)?.design;
  if (before === undefined || !saysTheSame(before, design)) return;
  history.setState({ pastStates: pastStates.slice(0, -1) });
  lastChange = { what: '', at: 0 };
}

/** Compares what may differ between two designs that follow from each other; what was not changed is the same object. */
function saysTheSame(a: Design, b: Design): boolean {
  const same = (x: unknown, y: unknown) => x === y || JSON.stringify(x) === JSON.stringify(y);
  const [one, other] = [a.network, b.network];
  return (
    a.name === b.name &&
    same(a.training, b.training) &&
    one.edges === other.edges &&
    one.blocks === other.blocks &&
    one.notes === other.notes &&
    one.layers.size === other.layers.size &&
    [...one.layers].every(([id, layer]) => same(layer, other.layers.get(id)))
  );
}

/** What an edit changes, for undoing edits of the same thing together; '' for edits that stand alone. */
function subject(edit: Edit): string {
  switch (edit.type) {
    case 'set-fields':
      return `fields ${edit.layer} ${Object.keys(edit.fields).join()}`;
    case 'rename':
      return `name ${edit.layer}`;
    case 'put-note':
      return `note ${edit.note.id}`;
    case 'move':
      return `move ${[...edit.positions.keys()].join()}`;
    default:
      return '';
  }
}

/** Edits that change what the canvas looks like, and nothing that is computed. */
const ONLY_SEEN: ReadonlySet<Edit['type']> = new Set(['move', 'put-note', 'remove-notes']);

/** Edits the network: the one way in which anything on the canvas changes. */
export function edit(...edits: readonly Edit[]): void {
  const { design, report } = useDocument.getState();
  const network = edits.reduce(applyEdit, design.network);
  if (network === design.network) return;
  const onlyMoved = edits.every(({ type }) => ONLY_SEEN.has(type));
  const subjects = edits.map(subject);
  const what = subjects.includes('') ? '' : subjects.join(' ');
  change({ ...design, network }, onlyMoved ? report : propagate(network), what);
  forgetMissingSelection();
}

export function setTraining(settings: Partial<TrainingSettings>): void {
  const { design, report } = useDocument.getState();
  const training = { ...design.training, ...settings };
  change({ ...design, training }, report, `training ${Object.keys(settings).join()}`);
}

/** Does what a fix offers, to the network and to the training settings: one step to undo. */
export function applyFix({ edits, training }: Fix): void {
  const { design, report } = useDocument.getState();
  const network = edits.reduce(applyEdit, design.network);
  const after = { ...design, network, ...(training && { training: { ...design.training, ...training } }) };
  change(after, network === design.network ? report : propagate(network), '');
  forgetMissingSelection();
}

/** Chooses the data set that the design is trained on. */
export function setData(data: DataReference): void {
  const { design, report } = useDocument.getState();
  change({ ...design, data }, report, '');
}

/** Takes a recipe's settings, and changes the network where the recipe asks for it: one step to undo. */
export function applyRecipe(recipe: Recipe): void {
  const { design } = useDocument.getState();
  const network = (recipe.prepare?.(design.network) ?? []).reduce(applyEdit, design.network);
  change({ ...design, network, training: withRecipe(design.training, recipe) }, propagate(network), '');
}

export function renameDesign(name: string): void {
  const { design, report } = useDocument.getState();
  change({ ...design, name }, report, 'design name');
}

/** Replaces the design by another version of it: one step to undo. */
export function replaceDesign(design: Design): void {
  change(identified(design), propagate(design.network), '');
  forgetMissingSelection();
}

/** Shows another design; what was done to the last one can no longer be undone. */
export function showDesign(given: Design): void {
  const design = identified(given);
  useDocument.setState({ design, opened: design, report: propagate(design.network), selection: new Set() });
  history.getState().clear();
  lastChange = { what: '', at: 0 };
}

export function select(layers: Iterable<LayerId>): void {
  useDocument.setState({ selection: new Set(layers) });
}

export function undo(): void {
  history.getState().undo();
  lastChange = { what: '', at: 0 };
  forgetMissingSelection();
}

export function redo(): void {
  history.getState().redo();
  lastChange = { what: '', at: 0 };
  forgetMissingSelection();
}

function forgetMissingSelection(): void {
  const { selection, design } = useDocument.getState();
  const kept = [...selection].filter((id) => design.network.layers.has(id));
  if (kept.length < selection.size) select(kept);
}

/** Part of the undo history, for buttons that show whether there is anything to undo. */
export function useHistory<T>(selector: (state: TemporalState<DocumentState>) => T): T {
  return useStore(history, selector);
}

/** The undo history as it is now. */
export function historyNow(): TemporalState<DocumentState> {
  return history.getState();
}
