import { Download, ImageDown, LayoutGrid, Redo2, Search, Undo2 } from 'lucide-react';
import { useId } from 'react';
import icon from '../../assets/icon.svg';
import { toggleCommands } from '../commands/command-store.ts';
import { useMain } from '../connection/context.ts';
import { openDiagramDialog } from '../diagram/diagram-store.ts';
import { useFile } from '../document/file.ts';
import { redo, renameDesign, undo, useDocument, useHistory } from '../document/store.ts';
import { Controls } from '../training/Controls.tsx';
import { StatusLine } from '../training/StatusLine.tsx';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { exportObstacle, exportOnnx, useExport } from './export.ts';
import styles from './Toolbar.module.css';

/** The bar at the top: the design, what can be done with it, and training. */
export function Toolbar({ onTemplates }: { readonly onTemplates: () => void }) {
  const main = useMain();
  const canUndo = useHistory((state) => state.pastStates.length > 0);
  const canRedo = useHistory((state) => state.futureStates.length > 0);
  const problems = useDocument((state) => state.report.problems.length);
  const exporting = useExport((state) => state.busy);
  const obstacle = exportObstacle(problems, exporting);
  return (
    <header className={styles.toolbar}>
      <img src={icon} alt="" width={24} height={24} />
      <DesignName />
      <SaveMark />
      <span className={styles.gap} />
      <Button icon={LayoutGrid} onClick={onTemplates}>
        <span className={styles.label}>Templates</span>
      </Button>
      <IconButton label="Find or do…" icon={Search} onClick={() => toggleCommands('all')} />
      <IconButton label="Undo" icon={Undo2} onClick={undo} disabled={!canUndo} />
      <IconButton label="Redo" icon={Redo2} onClick={redo} disabled={!canRedo} />
      <span className={styles.line} />
      <StatusLine />
      <span className={styles.gap} />
      <Controls />
      <span className={styles.line} />
      <Button
        icon={Download}
        onClick={() => void exportOnnx(main)}
        disabled={obstacle !== undefined}
        title={obstacle ?? 'The network with its weights'}
      >
        Export ONNX
      </Button>
      <IconButton label="Export diagram" icon={ImageDown} onClick={openDiagramDialog} />
    </header>
  );
}

function DesignName() {
  const id = useId();
  const name = useDocument((state) => state.design.name);
  return (
    <>
      <label htmlFor={id} className="visually-hidden">
        Name of the design
      </label>
      <input
        id={id}
        className={styles.name}
        value={name}
        maxLength={200}
        spellCheck={false}
        onChange={({ target }) => {
          if (target.value !== '') renameDesign(target.value);
        }}
      />
    </>
  );
}

const SAVE_WORDS = {
  unchanged: '',
  waiting: 'Saving…',
  saving: 'Saving…',
  saved: 'Saved',
  failed: 'Not saved',
} as const;

/** Whether the design is on disk. */
function SaveMark() {
  const { state, reason, file } = useFile();
  return (
    <span className={styles.saved} data-state={state} title={state === 'failed' ? reason : (file?.path ?? '')}>
      {SAVE_WORDS[state]}
      {state === 'failed' && `: ${reason}`}
    </span>
  );
}
