import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from '@xyflow/react';
import { memo } from 'react';
import { formatVolume } from '#core/shape.ts';
import { useDocument } from '../document/store.ts';
import styles from './VolumeEdge.module.css';

/** A connection, with the volume that flows along it. */
export const VolumeEdge = memo(function VolumeEdge({
  id,
  source,
  sourceX,
  sourceY,
  sourcePosition,
  targetX,
  targetY,
  targetPosition,
  selected,
  markerEnd,
}: EdgeProps) {
  const volume = useDocument(({ report }) => {
    const shape = report.layers.get(source)?.shape;
    return shape === undefined ? '?' : formatVolume(shape);
  });
  const [path, labelX, labelY] = getSmoothStepPath({
    sourceX,
    sourceY,
    sourcePosition,
    targetX,
    targetY,
    targetPosition,
    borderRadius: 10,
  });
  return (
    <>
      <BaseEdge id={id} path={path} {...(markerEnd !== undefined && { markerEnd })} />
      <EdgeLabelRenderer>
        <div
          className={styles.label}
          data-selected={selected || undefined}
          style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
        >
          {volume}
        </div>
      </EdgeLabelRenderer>
    </>
  );
});
