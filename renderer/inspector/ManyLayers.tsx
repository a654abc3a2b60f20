import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { BLOCK } from '#core/layers/block.ts';
import { kindLabel } from '#core/layers/index.ts';
import { relevantFields } from '#core/layers/relevant-fields.ts';
import { sharedFields } from '#core/network/shared-fields.ts';
import { edit, useDocument } from '../document/store.ts';
import { Alignments } from './Alignments.tsx';
import { Fields } from './Fields.tsx';
import styles from './LayerSettings.module.css';
import { MakeBlock } from './MakeBlock.tsx';
import { SelectionActions } from './SelectionActions.tsx';

/** Settings of several layers at once: what they have in common. */
export function ManyLayers() {
  const layers = useDocument(
    useShallow(({ design, selection }) => [...design.network.layers.values()].filter(({ id }) => selection.has(id))),
  );
  const { specs, mixed } = useMemo(() => sharedFields(layers.filter(({ kind }) => kind !== BLOCK)), [layers]);
  const [first] = layers;
  const names = first === undefined ? [] : relevantFields(specs, first.fields);
  return (
    <>
      <div className={styles.head}>
        <h2>{layers.length} layers selected</h2>
        <SelectionActions />
      </div>
      <p className={styles.summary}>{describe(layers.map(({ kind }) => kindLabel(kind)))}</p>
      <Alignments />
      {first !== undefined && names.length > 0 && !layers.some(({ kind }) => kind === BLOCK) && (
        <Fields
          specs={specs}
          names={names}
          values={first.fields}
          mixed={mixed}
          onChange={(fields) => edit(...layers.map(({ id }) => ({ type: 'set-fields', layer: id, fields }) as const))}
        />
      )}
      <MakeBlock />
    </>
  );
}

/** "2 CONV, 1 RELU" */
function describe(labels: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, count]) => `${count} ${label}`).join(', ');
}
