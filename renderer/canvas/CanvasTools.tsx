import { Panel, useReactFlow } from '@xyflow/react';
import { LayoutDashboard, Maximize, Minus, Plus } from 'lucide-react';
import { IconButton } from '../ui/IconButton.tsx';
import { BlockTools } from './BlockTools.tsx';
import styles from './Canvas.module.css';
import { useCanvasActions } from './use-canvas-actions.ts';

/** Zoom, fit and layout, in the canvas's corner. */
export function CanvasTools() {
  const { zoomIn, zoomOut } = useReactFlow();
  const { fit, autoLayout } = useCanvasActions();
  return (
    <Panel position="bottom-left">
      <div className={styles.tools} role="toolbar" aria-label="View">
        <IconButton label="Zoom in" onClick={() => void zoomIn()} icon={Plus} />
        <IconButton label="Zoom out" onClick={() => void zoomOut()} icon={Minus} />
        <IconButton label="Fit the network into view" onClick={fit} icon={Maximize} />
        <IconButton label="Auto layout" onClick={autoLayout} icon={LayoutDashboard} />
        <BlockTools />
      </div>
    </Panel>
  );
}
