import { Copy, Trash2 } from 'lucide-react';
import { BLOCK } from '#core/layers/block.ts';
import { layerDefinition } from '#core/layers/index.ts';
import { relevantFields } from '#core/layers/relevant-fields.ts';
import type { Layer } from '#core/network/network.ts';
import { duplicate } from '../document/clipboard.ts';
import { edit, useDocument } from '../document/store.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { BlockSettings } from './BlockSettings.tsx';
import { DesignSettings } from './DesignSettings.tsx';
import { Fields } from './Fields.tsx';
import { Inputs } from './Inputs.tsx';
import styles from './LayerSettings.module.css';
import { MakeBlock } from './MakeBlock.tsx';
import { NameField } from './NameField.tsx';
import { Resolved } from './Resolved.tsx';

/** Settings of what is selected: one layer, several, or the design as a whole. */
export function LayerSettings() {
  const selection = useDocument((state) => state.selection);
  const layer = useDocument(({ design, selection: selected }) =>
    selected.size === 1 ? design.network.layers.get([...selected][0] ?? '') : undefined,
  );
  return (
    <section className={styles.settings} aria-label="Layer settings">
      {layer !== undefined && <OneLayer key={layer.id} layer={layer} />}
      {layer === undefined && selection.size === 0 && <DesignSettings />}
      {layer === undefined && selection.size > 0 && <ManyLayers />}
    </section>
  );
}

function Actions() {
  const remove = () => edit({ type: 'remove', layers: [...useDocument.getState().selection] });
  return (
    <span className={styles.actions}>
      <IconButton label="Duplicate" icon={Copy} onClick={duplicate} />
      <IconButton label="Delete" icon={Trash2} onClick={remove} />
    </span>
  );
}

function OneLayer({ layer }: { readonly layer: Layer }) {
  const definition = layerDefinition(layer.kind);
  return (
    <>
      <div className={styles.head}>
        <h2>{definition?.label ?? layer.kind}</h2>
        <Actions />
      </div>
      <p className={styles.summary}>{definition?.summary ?? 'A kind that this version does not know.'}</p>
      <NameField layer={layer} />
      {layer.kind === BLOCK && <BlockSettings layer={layer} />}
      {definition !== undefined && layer.kind !== BLOCK && (
        <Fields
          specs={definition.fields}
          names={relevantFields(definition.fields, layer.fields)}
          values={layer.fields}
          onChange={(fields) => edit({ type: 'set-fields', layer: layer.id, fields })}
        />
      )}
      <Inputs layer={layer} />
      <Resolved id={layer.id} />
    </>
  );
}

function ManyLayers() {
  const count = useDocument((state) => state.selection.size);
  return (
    <>
      <div className={styles.head}>
        <h2>{count} layers selected</h2>
        <Actions />
      </div>
      <p className={styles.summary}>
        Move them together, copy them with Ctrl+C, delete them, or add ADD or CONCAT from the left to merge them.
      </p>
      <MakeBlock />
    </>
  );
}
