import { BaseEdge, type EdgeProps, getSmoothStepPath } from '@xyflow/react';
import { memo } from 'react';
import { volumeText } from '#core/shape.ts';
import { useDocument } from '../document/store.ts';
import { showWorking } from '../working/working-store.ts';
import { useEdgeDrop } from './edge-drop.ts';
import type { VolumeFlowEdge } from './flow-nodes.ts';
import { lanePath } from './lanes.ts';
import styles from './VolumeEdge.module.css';

/** A connection, with the volume that flows along it. */
export const VolumeEdge = memo(function VolumeEdge({
  id,
  source,
  target,
  sourceX,
  sourceY,
  sourcePosition,
  targetX,
  targetY,
  targetPosition,
  selected,
  markerEnd,
  data,
}: EdgeProps<VolumeFlowEdge>) {
  const carries = data?.carries ?? source;
  const lane = data?.lane;
  const volume = useDocument(({ report }) => volumeText(report.layers.get(carries)?.shape));
  const marked = useEdgeDrop(({ edge }) => edge?.from === source && edge.to === target);
  const [path, labelX, labelY] =
    lane === undefined
      ? getSmoothStepPath({ sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition, borderRadius: 10 })
      : lanePath([sourceX, sourceY], [targetX, targetY], lane);
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        {...(marked && { className: styles.marked ?? '' })}
        {...(markerEnd !== undefined && { markerEnd })}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the connection itself is what has a role and a name */}
      <text
        className={styles.label}
        x={labelX}
        y={labelY}
        data-selected={selected || undefined}
        onClick={({ currentTarget }) => showWorking({ layer: carries, quantity: 'output' }, currentTarget)}
      >
        {volume}
      </text>
    </>
  );
});
