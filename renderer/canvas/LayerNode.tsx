import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { fitMessage } from '#core/fit.ts';
import { formatCount } from '#core/format.ts';
import { kindLabel, layerDefinition } from '#core/layers/index.ts';
import { blockOf, layerAt } from '#core/network/expand.ts';
import type { Problem } from '#core/network/problems.ts';
import { formatVolume } from '#core/shape.ts';
import { useDocument } from '../document/store.ts';
import { Fixes } from '../problems/Fixes.tsx';
import { categoryClass } from '../ui/category.ts';
import { unknownVolume } from '../ui/unknown-volume.ts';
import { Figure } from '../working/Figure.tsx';
import styles from './LayerNode.module.css';
import { NodeName } from './NodeName.tsx';
import { ShowLayersButton } from './ShowLayersButton.tsx';

const NONE: readonly Problem[] = [];

/** A layer on the canvas. It looks at nothing but its own layer: a change elsewhere does not draw it again. */
export const LayerNode = memo(function LayerNode({ id, selected, isConnectable }: NodeProps) {
  const view = useDocument(
    useShallow(({ design, report }) => {
      const layer = layerAt(design.network, id);
      const found = report.layers.get(id);
      const definition = layer && layerDefinition(layer.kind);
      return {
        name: layer?.name ?? id,
        isBlock: layer !== undefined && blockOf(layer, design.network) !== undefined,
        fullName: found?.layer.name ?? layer?.name ?? id,
        label: kindLabel(layer?.kind ?? ''),
        category: definition?.category,
        takesInput: definition?.arity.max !== 0,
        // A field of a hand-made file may be out of its range; the schema refused it long before here.
        summary: layer && definition ? definition.describe(layer.fields as never) : '',
        volume: found?.shape === undefined ? '' : formatVolume(found.shape),
        params: found?.costs.params ?? 0,
        fit: found?.fit,
        problems: found?.problems.length ? found.problems : NONE,
        waitsFor: found?.waitsFor === undefined ? '' : (design.network.layers.get(found.waitsFor)?.name ?? ''),
      };
    }),
  );
  const [problem] = view.problems;
  return (
    <div
      className={styles.node}
      data-category={categoryClass(view.category)}
      data-selected={selected || undefined}
      data-problem={problem !== undefined || undefined}
      title={problem?.code === 'not-connected' ? problem.message : undefined}
    >
      {view.takesInput && (
        <Handle type="target" position={Position.Left} className={styles.handle} isConnectable={isConnectable} />
      )}
      <div className={styles.head}>
        <span className={styles.label}>{view.label}</span>
        <NodeName id={id} name={view.name} />
      </div>
      <div className={styles.summary}>
        <span className={styles.text}>{view.summary}</span>
        {view.fit !== undefined && (
          <span className={styles.fit} data-status={view.fit.status} title={fitMessage(view.fit)}>
            {view.fit.status}
          </span>
        )}
        {view.isBlock && <ShowLayersButton id={id} name={view.name} shown={false} />}
      </div>
      <div className={styles.foot}>
        {view.volume !== '' && (
          <Figure
            of={{ layer: id, quantity: 'output' }}
            label={`Volume of ${view.fullName}`}
            className={styles.volume}
            pointerOnly
          >
            {view.volume}
          </Figure>
        )}
        {view.volume === '' && <span className={styles.params}>{unknownVolume(view.waitsFor, problem)}</span>}
        {view.params > 0 && (
          <Figure
            of={{ layer: id, quantity: 'params' }}
            label={`Params of ${view.fullName}`}
            className={styles.params}
            pointerOnly
          >
            <span>{formatCount(view.params)}</span> <span>params</span>
          </Figure>
        )}
      </div>
      {problem !== undefined && problem.code !== 'not-connected' && (
        <div className={`${styles.problem} nodrag nopan`}>
          <p>{problem.message}</p>
          <Fixes problem={problem} draw={drawFix} />
        </div>
      )}
      <Handle type="source" position={Position.Right} className={styles.handle} isConnectable={isConnectable} />
    </div>
  );
});

function drawFix(label: string, apply: () => void) {
  return (
    <button key={label} type="button" onClick={apply}>
      {label}
    </button>
  );
}
