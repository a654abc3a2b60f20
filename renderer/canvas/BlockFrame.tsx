import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { formatCount } from '#core/format.ts';
import { blockOf } from '#core/network/expand.ts';
import { formatVolume } from '#core/shape.ts';
import { useDocument } from '../document/store.ts';
import { Figure } from '../working/Figure.tsx';
import styles from './BlockFrame.module.css';
import { INSIDE } from './flow-blocks.ts';
import { frameOf } from './frames.ts';
import nodeStyles from './LayerNode.module.css';
import { NodeName } from './NodeName.tsx';
import { ShowLayersButton } from './ShowLayersButton.tsx';

/** An expanded block: a frame with a title bar, in which its layers are drawn. */
export const BlockFrame = memo(function BlockFrame({ id, selected, isConnectable }: NodeProps) {
  const view = useDocument(
    useShallow(({ design, report }) => {
      const layer = design.network.layers.get(id);
      const block = layer && blockOf(layer, design.network);
      const found = report.layers.get(id);
      return {
        name: layer?.name ?? id,
        block: String(layer?.fields['block'] ?? ''),
        frame: block && frameOf(block),
        volume: found?.shape === undefined ? '' : formatVolume(found.shape),
        params: found?.costs.params ?? 0,
        problem: found?.problems[0]?.message,
      };
    }),
  );
  if (view.frame === undefined) return null;
  const { width, height } = view.frame;
  return (
    <div
      className={styles.frame}
      style={{ width, height }}
      data-selected={selected || undefined}
      data-problem={view.problem !== undefined || undefined}
      title={view.problem}
    >
      <Handle type="target" position={Position.Left} className={nodeStyles.handle} isConnectable={isConnectable} />
      <Handle type="source" position={Position.Right} className={nodeStyles.handle} isConnectable={isConnectable} />
      <Handle id={INSIDE} type="source" position={Position.Right} className={styles.in} isConnectable={false} />
      <Handle id={INSIDE} type="target" position={Position.Left} className={styles.out} isConnectable={false} />
      <div className={styles.title}>
        <span className={styles.label}>BLOCK</span>
        <span className={styles.block} title={view.block}>
          {view.block}
        </span>
        <NodeName id={id} name={view.name} className={styles.name} />
        <span className={styles.figures}>
          {view.volume !== '' && (
            <Figure
              of={{ layer: id, quantity: 'output' }}
              label={`Volume of ${view.name}`}
              className={nodeStyles.volume}
              pointerOnly
            >
              {view.volume}
            </Figure>
          )}
          {view.params > 0 && (
            <Figure
              of={{ layer: id, quantity: 'params' }}
              label={`Params of ${view.name}`}
              className={nodeStyles.params}
              pointerOnly
            >
              {formatCount(view.params)} params
            </Figure>
          )}
        </span>
        <ShowLayersButton id={id} name={view.name} shown />
      </div>
    </div>
  );
});
