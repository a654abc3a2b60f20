import { applyEdit, type Edit } from '#core/network/edits.ts';
import type { LayerId, Network } from '#core/network/network.ts';
import { GAP, NODE } from './layout.ts';

type Position = readonly [x: number, y: number];

/** Takes a block apart. Where its layers would lie upon others, those behind and below it make room. */
export function takeApart(network: Network, id: LayerId): readonly Edit[] {
  const edit: Edit = { type: 'take-apart', layer: id };
  const after = applyEdit(network, edit);
  const isNew = (layer: LayerId) => after.layers.get(layer) !== network.layers.get(layer);
  const places = [...after.layers.values()].flatMap(({ id: layer, position }) =>
    position === undefined ? [] : [{ layer, position }],
  );
  const fresh = places.filter(({ layer }) => isNew(layer)).map(({ position }) => position);
  const others = places.filter(({ layer }) => !isNew(layer));
  const at = network.layers.get(id)?.position;
  if (at === undefined || !fresh.some((place) => others.some(({ position }) => overlap(place, position))))
    return [edit];

  const wider = Math.max(...fresh.map(([x]) => x)) - at[0];
  const higher = Math.max(...fresh.map(([, y]) => y)) - at[1];
  const moved = others.flatMap(({ layer, position: [x, y] }): (readonly [LayerId, Position])[] => {
    if (y >= at[1] + NODE.height) return [[layer, [x, y + higher]]];
    const inRow = y > at[1] - NODE.height;
    return inRow && x > at[0] ? [[layer, [x + wider, y]]] : [];
  });
  return [edit, { type: 'move', positions: new Map(moved) }];
}

/** Whether two nodes cover each other, or nearly so. */
function overlap([ax, ay]: Position, [bx, by]: Position): boolean {
  return Math.abs(ax - bx) < NODE.width + GAP.row && Math.abs(ay - by) < NODE.height;
}
