import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { BLOCK } from '#core/layers/block.ts';
import { kindLabel } from '#core/layers/index.ts';
import { relevantFields } from '#core/layers/relevant-fields.ts';
import { sharedFields } from '#core/network/shared-fields.ts';
import { layersScope } from '../document/forget-refused-text.ts';
import { useDocument } from '../document/store.ts';
import { Alignments } from './Alignments.tsx';
import { Fields } from './Fields.tsx';
import styles from './LayerSettings.module.css';
import { MakeBlock } from './MakeBlock.tsx';
import { SelectionActions } from './SelectionActions.tsx';
import { setField } from './set-field.ts';

/** Settings of several layers at once: what they have in common. */
export function ManyLayers() {
  const layers = useDocument(
    useShallow(({ design, selection }) => [...design.network.layers.values()].filter(({ id }) => selection.has(id))),
  );
  const specs = useMemo(() => sharedFields(layers.filter(({ kind }) => kind !== BLOCK)), [layers]);
  // Some may read a field that others do not.
  const read = new Set(layers.flatMap(({ fields }) => relevantFields(specs, fields)));
  const names = Object.keys(specs).filter((name) => read.has(name));
  const scope = layersScope(layers.map(({ id }) => id));
  return (
    <>
      <div className={styles.head}>
        <h2>{layers.length} layers selected</h2>
        <SelectionActions />
      </div>
      <p className={styles.summary}>{describe(layers.map(({ kind }) => kindLabel(kind)))}</p>
      <Alignments />
      {names.length > 0 && !layers.some(({ kind }) => kind === BLOCK) && (
        <Fields
          key={scope}
          specs={specs}
          names={names}
          scope={scope}
          values={layers.map(({ fields }) => fields)}
          onChange={(name, change) => setField(layers, name, change)}
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
