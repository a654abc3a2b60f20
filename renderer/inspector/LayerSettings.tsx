import type { KeyboardEvent } from 'react';
import { BLOCK } from '#core/layers/block.ts';
import { kindLabel, layerDefinition } from '#core/layers/index.ts';
import { relevantFields } from '#core/layers/relevant-fields.ts';
import type { Layer } from '#core/network/network.ts';
import { layerScope } from '../document/forget-refused-text.ts';
import { useDocument } from '../document/store.ts';
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
import { setField } from './set-field.ts';
import { leaveSettings, SETTINGS_ID } from './settings-focus.ts';

/** Settings of what is selected: one layer, several, or the design as a whole. */
export function LayerSettings() {
  const selection = useDocument((state) => state.selection);
  const layer = useDocument(({ design, selection: selected }) =>
    selected.size === 1 ? design.network.layers.get([...selected][0] ?? '') : undefined,
  );
  return (
    <section id={SETTINGS_ID} className={styles.settings} aria-label="Layer settings" onKeyDown={goBack}>
      {layer !== undefined && <OneLayer key={layer.id} layer={layer} />}
      {layer === undefined && selection.size === 0 && <DesignSettings />}
      {layer === undefined && selection.size > 0 && <ManyLayers />}
    </section>
  );
}

/** Escape leads back to the row or node that the settings were entered from. */
function goBack(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || !leaveSettings()) return;
  // It would also deselect what is selected.
  event.preventDefault();
  event.stopPropagation();
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
          scope={layerScope(layer.id)}
          values={[layer.fields]}
          onChange={(name, change) => setField([layer], name, change)}
        />
      )}
      <Inputs layer={layer} />
      {layer.kind !== BLOCK && <ReplaceKind layer={layer} />}
      <Resolved id={layer.id} />
    </>
  );
}
