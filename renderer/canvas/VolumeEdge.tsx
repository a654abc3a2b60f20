import { BaseEdge, type EdgeProps, getSmoothStepPath } from '@xyflow/react';
import { memo } from 'react';
import type { Point } from '#core/layout/box.ts';
import { roundedPath } from '#core/layout/path.ts';
import { volumeText } from '#core/shape.ts';
import { useDocument } from '../document/store.ts';
import { showWorking } from '../working/working-store.ts';
import { useEdgeRoute } from './CanvasProvider.tsx';
import { HANDLE } from './dimensions.ts';
import { useEdgeDrop } from './edge-drop.ts';
import type { EdgeRoute } from './edge-routes.ts';
import type { VolumeFlowEdge } from './flow-nodes.ts';
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
  const route = useEdgeRoute(id);
  const volume = useDocument(({ report }) => volumeText(report.layers.get(carries)?.shape));
  const marked = useEdgeDrop(({ edge }) => edge?.from === source && edge.to === target);
  const path =
    route === undefined
      ? getSmoothStepPath({ sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition, borderRadius: 10 })[0]
      : pathOf(route);
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        {...(marked && { className: styles.marked ?? '' })}
        {...(markerEnd !== undefined && { markerEnd })}
      />
      {route?.label !== undefined && (
        // biome-ignore lint/a11y/noStaticElementInteractions: the connection itself is what has a role and a name
        <text
          className={styles.label}
          x={route.label[0]}
          y={route.label[1]}
          data-selected={selected || undefined}
          onClick={({ currentTarget }) => showWorking({ layer: carries, quantity: 'output' }, currentTarget)}
        >
          {volume}
        </text>
      )}
    </>
  );
});

const RADIUS = 10;

/** From handle to handle. */
function pathOf({ way }: EdgeRoute): string {
  const [[startX, startY], [endX, endY]] = [way[0] as Point, way.at(-1) as Point];
  return roundedPath([[startX + HANDLE, startY], ...way.slice(1, -1), [endX - HANDLE, endY]], RADIUS);
}
