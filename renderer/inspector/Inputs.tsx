import { X } from 'lucide-react';
import { useId } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { layerDefinition } from '#core/layers/index.ts';
import type { Layer, LayerId, Network } from '#core/network/network.ts';
import { descendants } from '#core/network/order.ts';
import { proposeConnection } from '../canvas/refused-connection.ts';
import { edit, useDocument } from '../document/store.ts';
import fieldStyles from '../ui/Field.module.css';
import { IconButton } from '../ui/IconButton.tsx';
import styles from './LayerSettings.module.css';

/** What feeds a layer; connecting and cutting without a pointer. */
export function Inputs({ layer }: { readonly layer: Layer }) {
  const id = useId();
  const feeding = useDocument(
    useShallow(({ design }) => design.network.edges.filter((edge) => edge.to === layer.id).map((edge) => edge.from)),
  );
  const offered = useDocument(useShallow(({ design }) => possibleInputs(design.network, layer.id)));
  const names = useDocument(useShallow(({ design }) => feeding.map((from) => design.network.layers.get(from)?.name)));
  const most = layerDefinition(layer.kind)?.arity.max ?? 1;
  if (most === 0) return null;
  return (
    <div className={`${fieldStyles.field} ${fieldStyles.wide}`}>
      <label htmlFor={id}>{most === 1 ? 'Fed by' : 'Fed by, in this order'}</label>
      {feeding.length > 0 && (
        <ul className={styles.inputs}>
          {feeding.map((from, i) => (
            <li key={from}>
              <span>{names[i]}</span>
              <IconButton
                label={`Cut the connection from ${names[i]}`}
                icon={X}
                onClick={() => edit({ type: 'remove', layers: [], edges: [{ from, to: layer.id }] })}
              />
            </li>
          ))}
        </ul>
      )}
      <select
        id={id}
        className={fieldStyles.input}
        value=""
        onChange={({ target }) => proposeConnection({ from: target.value, to: layer.id })}
      >
        <option value="" disabled>
          {feeding.length === 0 ? 'Connect a layer…' : most === 1 ? 'Connect another instead…' : 'Connect another…'}
        </option>
        {offered.map((other) => (
          <option key={other.id} value={other.id}>
            {other.name}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Layers that could feed this one: not those that do already, nor those behind it, which would close a loop. */
function possibleInputs(network: Network, id: LayerId): readonly Layer[] {
  const behind = descendants(network, id);
  const feeding = new Set(network.edges.flatMap(({ from, to }) => (to === id ? [from] : [])));
  return [...network.layers.values()].filter((other) => !behind.has(other.id) && !feeding.has(other.id));
}
