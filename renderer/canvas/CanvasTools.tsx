import { Panel } from '@xyflow/react';
import { LayoutDashboard, Maximize, Minus, Plus, StickyNote } from 'lucide-react';
import { IconButton } from '../ui/IconButton.tsx';
import { BlockTools } from './BlockTools.tsx';
import styles from './Canvas.module.css';
import { useCanvasActions } from './use-canvas-actions.ts';

/** Zoom, fit, layout and notes, in the canvas's corner. */
export function CanvasTools() {
  const { zoomIn, zoomOut, fit, autoLayout, addNote } = useCanvasActions();
  return (
    <Panel position="bottom-left">
      <div className={styles.tools} role="toolbar" aria-label="View">
        <IconButton label="Zoom in" onClick={zoomIn} icon={Plus} />
        <IconButton label="Zoom out" onClick={zoomOut} icon={Minus} />
        <IconButton label="Fit the network into view" onClick={fit} icon={Maximize} />
        <IconButton label="Auto layout" onClick={autoLayout} icon={LayoutDashboard} />
        <IconButton label="Add a note" onClick={addNote} icon={StickyNote} />
        <BlockTools />
      </div>
    </Panel>
  );
}
