import { FoldHorizontal, UnfoldHorizontal, Ungroup } from 'lucide-react';
import { kindLabel, layerDefinition } from '#core/layers/index.ts';
import { usesOf } from '#core/network/blocks.ts';
import type { Layer } from '#core/network/network.ts';
import { isExpanded } from '../canvas/frames.ts';
import { takeApart } from '../canvas/take-apart.ts';
import { useShowLayers } from '../canvas/use-show-layers.ts';
import { edit, useDocument } from '../document/store.ts';
import { Button } from '../ui/Button.tsx';
import styles from './BlockSettings.module.css';

/** What a block holds, and how to change it. */
export function BlockSettings({ layer }: { readonly layer: Layer }) {
  const name = String(layer.fields['block']);
  const block = useDocument(({ design }) => design.network.blocks?.get(name));
  const uses = useDocument(({ design }) => usesOf(design.network, name));
  const show = useShowLayers();
  if (block === undefined) return null;
  const shown = isExpanded(layer);
  return (
    <div className={styles.block}>
      <p>
        {name}, placed {uses === 1 ? 'once' : `${uses} times`}:
      </p>
      <ol>
        {[...block.layers.values()].map((inner) => {
          const definition = layerDefinition(inner.kind);
          return (
            <li key={inner.id}>
              <span>{kindLabel(inner.kind)}</span>{' '}
              {definition === undefined ? '' : definition.describe(inner.fields as never)}
            </li>
          );
        })}
      </ol>
      <Button icon={shown ? FoldHorizontal : UnfoldHorizontal} onClick={() => show([layer.id], !shown)}>
        {shown ? 'Hide its layers' : 'Show its layers'}
      </Button>
      <Button icon={Ungroup} onClick={() => edit(...takeApart(useDocument.getState().design.network, layer.id))}>
        Take apart
      </Button>
      <p>
        To change every {name}: take one apart, change its layers, select them, make a block called {name} and choose to
        replace it everywhere.
      </p>
    </div>
  );
}
