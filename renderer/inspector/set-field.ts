import { layerDefinition } from '#core/layers/index.ts';
import type { Layer } from '#core/network/network.ts';
import { edit } from '../document/store.ts';
import type { Change } from './values.ts';

/** Changes a field of one layer, or of several that are set together: one step to undo. */
export function setField(layers: readonly Layer[], name: string, change: Change): void {
  edit(
    ...layers.flatMap(({ id, kind, fields }, i) => {
      const own = fields[name] ?? layerDefinition(kind)?.fields[name]?.default;
      return own === undefined ? [] : [{ type: 'set-fields', layer: id, fields: { [name]: change(own, i) } } as const];
    }),
  );
}
