import { BLOCK } from '#core/layers/block.ts';
import type { Layer } from '#core/network/network.ts';
import { exportObstacle, exportOnnx, useExport } from '../app/export.ts';
import type { Open } from '../app/use-open.ts';
import { renameSelected } from '../canvas/rename-store.ts';
import { takeApart } from '../canvas/take-apart.ts';
import type { CanvasActions } from '../canvas/use-canvas-actions.ts';
import { openCompare } from '../compare/compare-store.ts';
import type { Main } from '../connection/main.ts';
import { openDiagramDialog } from '../diagram/diagram-store.ts';
import { duplicate } from '../document/clipboard.ts';
import { edit, historyNow, redo, select, undo, useDocument } from '../document/store.ts';
import { remove } from '../outline/actions.ts';
import { showSide } from '../outline/side-store.ts';
import { PANEL_TITLES, PANELS, showPanel, togglePanel } from '../panels/panel-store.ts';
import { obstacleNow } from '../training/obstacle.ts';
import { isActive, shownRun, shownStatus, type Training, useRun } from '../training/run-store.ts';
import { openRunsDialog } from '../training/runs-dialog.ts';
import { toggleCommands } from './command-store.ts';
import type { Keys } from './keys.ts';

/** What commands act on, beside the stores. */
export interface Workplace {
  readonly canvas: CanvasActions;
  readonly main: Main;
  readonly open: Open;
  readonly training: Training;
  readonly train: () => void;
  readonly save: () => void;
  readonly showTemplates: () => void;
}

export const GROUPS = ['Find', 'Design', 'Edit', 'View', 'Train'] as const;
export type Group = (typeof GROUPS)[number];

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: Group;
  /** Other words by which it can be found. */
  readonly words?: string;
  /** Keys that do it anywhere in the window; the first are those that are shown beside it. */
  readonly keys?: readonly Keys[];
  /** Whether its keys work in a text field too: those with mod, since others are text there. */
  readonly always?: true;
  /** Keys that the canvas listens for. */
  readonly canvasKeys?: readonly Keys[];
  /** Whether it can be done on the start screen too. */
  readonly anywhere?: true;
  /** Why it would come to nothing now, in a sentence. Its keys may be pressed all the same. */
  readonly obstacle?: () => string | undefined;
  readonly run: (workplace: Workplace) => void;
}

const unless = (possible: boolean, reason: string) => (possible ? undefined : reason);
const nothingSelected = () => unless(useDocument.getState().selection.size > 0, 'Nothing is selected.');
const noLayers = () => unless(useDocument.getState().design.network.layers.size > 0, 'There is no layer yet.');

const statusNow = () => shownStatus(useRun.getState());

/** The one layer that is selected; undefined where none is, or more. */
export function selectedLayer(): Layer | undefined {
  const { design, selection } = useDocument.getState();
  const [only] = selection;
  return selection.size === 1 && only !== undefined ? design.network.layers.get(only) : undefined;
}

/** All that buttons, menus and keys can do. What the menu of Electron offers has the ids that main gives it. */
const TABLE = [
  {
    id: 'palette',
    title: 'Find or do…',
    group: 'Find',
    keys: ['mod+k'],
    always: true,
    run: () => toggleCommands('all'),
  },
  {
    id: 'find',
    title: 'Find a layer…',
    group: 'Find',
    words: 'search go to',
    keys: ['mod+f', '/'],
    always: true,
    obstacle: noLayers,
    run: () => toggleCommands('layers'),
  },
  {
    id: 'shortcuts',
    title: 'Keyboard shortcuts',
    group: 'Find',
    words: 'keys help hotkeys',
    keys: ['?'],
    anywhere: true,
    run: () => toggleCommands('shortcuts'),
  },
  {
    id: 'about',
    // Without the app's name, which would come first for who looks for a CONV.
    title: 'About and licences',
    group: 'Find',
    words: 'version license third-party notices credits help',
    anywhere: true,
    run: () => toggleCommands('about'),
  },
  {
    id: 'new',
    title: 'Templates…',
    group: 'Design',
    words: 'new start screen recent',
    anywhere: true,
    run: ({ showTemplates }) => showTemplates(),
  },
  {
    id: 'open',
    title: 'Open a file…',
    group: 'Design',
    words: 'load',
    keys: ['mod+o'],
    always: true,
    anywhere: true,
    run: ({ open }) => open.ask(),
  },
  { id: 'save', title: 'Save now', group: 'Design', keys: ['mod+s'], always: true, run: ({ save }) => save() },
  {
    id: 'export',
    title: 'Export ONNX',
    group: 'Design',
    words: 'save model weights',
    keys: ['mod+e'],
    always: true,
    obstacle: () => exportObstacle(useDocument.getState().report.problems.length, useExport.getState().busy),
    run: ({ main }) => void exportOnnx(main),
  },
  {
    id: 'diagram',
    title: 'Export diagram…',
    group: 'Design',
    words: 'save figure picture image svg png',
    run: openDiagramDialog,
  },
  {
    id: 'compare',
    title: 'Compare with…',
    group: 'Design',
    words: 'diff difference changed',
    run: openCompare,
  },
  {
    id: 'undo',
    title: 'Undo',
    group: 'Edit',
    keys: ['mod+z'],
    always: true,
    obstacle: () => unless(historyNow().pastStates.length > 0, 'There is nothing to undo.'),
    run: undo,
  },
  {
    id: 'redo',
    title: 'Redo',
    group: 'Edit',
    keys: ['mod+shift+z', 'mod+y'],
    always: true,
    obstacle: () => unless(historyNow().futureStates.length > 0, 'There is nothing to redo.'),
    run: redo,
  },
  {
    id: 'select-all',
    title: 'Select all',
    group: 'Edit',
    keys: ['mod+a'],
    obstacle: noLayers,
    run: () => select(useDocument.getState().design.network.layers.keys()),
  },
  {
    id: 'deselect',
    title: 'Select nothing',
    group: 'Edit',
    words: 'deselect clear selection',
    keys: ['escape'],
    obstacle: nothingSelected,
    run: () => select([]),
  },
  {
    id: 'duplicate',
    title: 'Duplicate the selection',
    group: 'Edit',
    words: 'copy',
    keys: ['mod+d'],
    obstacle: nothingSelected,
    run: duplicate,
  },
  {
    id: 'delete',
    title: 'Delete the selection',
    group: 'Edit',
    words: 'remove',
    canvasKeys: ['delete', 'backspace'],
    obstacle: nothingSelected,
    run: () => remove([...useDocument.getState().selection]),
  },
  {
    id: 'rename',
    title: 'Rename the layer',
    group: 'Edit',
    words: 'name',
    keys: ['f2'],
    obstacle: () => unless(selectedLayer() !== undefined, 'It needs one layer to be selected.'),
    run: renameSelected,
  },
  {
    id: 'note',
    title: 'Add a note',
    group: 'Edit',
    words: 'comment text write',
    run: ({ canvas }) => canvas.addNote(),
  },
  {
    id: 'take-apart',
    title: 'Take the block apart',
    group: 'Edit',
    words: 'ungroup',
    obstacle: () => unless(selectedLayer()?.kind === BLOCK, 'It needs one block to be selected.'),
    run: () => {
      const block = selectedLayer();
      if (block !== undefined) edit(...takeApart(useDocument.getState().design.network, block.id));
    },
  },
  {
    id: 'fit',
    title: 'Fit the network into view',
    group: 'View',
    words: 'zoom all',
    keys: ['f'],
    obstacle: noLayers,
    run: ({ canvas }) => canvas.fit(),
  },
  { id: 'zoom-in', title: 'Zoom in', group: 'View', words: 'larger', run: ({ canvas }) => canvas.zoomIn() },
  { id: 'zoom-out', title: 'Zoom out', group: 'View', words: 'smaller', run: ({ canvas }) => canvas.zoomOut() },
  {
    id: 'layout',
    title: 'Auto layout',
    group: 'View',
    words: 'arrange tidy',
    obstacle: noLayers,
    run: ({ canvas }) => canvas.autoLayout(),
  },
  { id: 'layers', title: 'Show Layers', group: 'View', words: 'kinds', run: () => showSide('layers') },
  { id: 'outline', title: 'Show Outline', group: 'View', words: 'list', run: () => showSide('outline') },
  { id: 'panel', title: 'Hide or show the panel', group: 'View', words: 'collapse', run: togglePanel },
  {
    id: 'train',
    title: 'Train',
    group: 'Train',
    words: 'start run learn',
    obstacle: () => (isActive(statusNow()) ? 'A run is under way.' : obstacleNow()),
    run: ({ train }) => train(),
  },
  {
    id: 'pause',
    title: 'Pause training',
    group: 'Train',
    obstacle: () => unless(statusNow() === 'running', 'Nothing is being trained.'),
    run: ({ training }) => void training.pause(),
  },
  {
    id: 'resume',
    title: 'Resume training',
    group: 'Train',
    words: 'continue go on checkpoint',
    obstacle: () => {
      const canResume = shownRun(useRun.getState())?.canResume === true;
      return unless(statusNow() === 'paused' || canResume, 'There is no run that could go on.');
    },
    run: ({ training }) => void training.resume(),
  },
  {
    id: 'stop',
    title: 'Stop training',
    group: 'Train',
    words: 'end cancel',
    obstacle: () => {
      const status = statusNow();
      return unless(isActive(status) && status !== 'stopping', 'Nothing is being trained.');
    },
    run: ({ training }) => void training.stop(),
  },
  {
    id: 'runs',
    title: 'Runs…',
    group: 'Train',
    words: 'list history delete disk size',
    run: openRunsDialog,
  },
] as const satisfies readonly Command[];

export type CommandId = (typeof TABLE)[number]['id'];

const SHOW_PANELS = PANELS.map(
  (panel): Command => ({
    id: `panel ${panel}`,
    title: `Show ${PANEL_TITLES[panel]}`,
    group: 'View',
    words: 'panel tab',
    run: () => showPanel(panel),
  }),
);

export const COMMANDS: readonly Command[] = [...TABLE, ...SHOW_PANELS];

export function runCommand(id: CommandId, workplace: Workplace): void {
  COMMANDS.find((command) => command.id === id)?.run(workplace);
}

/** What is done with keys only, where the focus is: by the system's clipboard, the canvas and the outline. */
export const OTHER_KEYS: readonly { readonly title: string; readonly group: Group; readonly keys: readonly Keys[] }[] =
  [
    { title: 'Copy the selection', group: 'Edit', keys: ['mod+c'] },
    { title: 'Cut the selection', group: 'Edit', keys: ['mod+x'] },
    { title: 'Paste', group: 'Edit', keys: ['mod+v'] },
    { title: 'Move layers, on the canvas', group: 'Edit', keys: ['arrows'] },
    { title: 'Select a layer, in the outline', group: 'Edit', keys: ['space'] },
    { title: 'Settings of a layer, in the outline or on the canvas; Esc leads back', group: 'Edit', keys: ['enter'] },
    { title: 'Menu of a layer, in the outline', group: 'Edit', keys: ['shift+f10'] },
  ];
