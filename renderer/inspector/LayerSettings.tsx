import { BLOCK } from '#core/layers/block.ts';
import { kindLabel, layerDefinition } from '#core/layers/index.ts';
import { relevantFields } from '#core/layers/relevant-fields.ts';
import type { Layer } from '#core/network/network.ts';
import { edit, useDocument } from '../document/store.ts';
import { BlockSettings } from './BlockSettings.tsx';
import { DesignSettings } from './DesignSettings.tsx';
import { Fields } from './Fields.tsx';
import { Inputs } from './Inputs.tsx';
import styles from './LayerSettings.module.css';
import { ManyLayers } from './ManyLayers.tsx';
import { NameField } from './NameField.tsx';
import { ReplaceKind } from './ReplaceKind.tsx';
import { Resolved } from './Resolved.tsx';
import { SelectionActions } from './SelectionActions.tsx';

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

function OneLayer({ layer }: { readonly layer: Layer }) {
  const definition = layerDefinition(layer.kind);
  return (
    <>
      <div className={styles.head}>
        <h2>{kindLabel(layer.kind)}</h2>
        <SelectionActions />
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
      {layer.kind !== BLOCK && <ReplaceKind layer={layer} />}
      <Resolved id={layer.id} />
    </>
  );
}
