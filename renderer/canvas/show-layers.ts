import { BLOCK } from '#core/layers/block.ts';
import { overlap } from '#core/layout/box.ts';
import { applyEdit, type Edit } from '#core/network/edits.ts';
import { blockOf } from '#core/network/expand.ts';
import type { Layer, LayerId, Network } from '#core/network/network.ts';
import { type Box, GAP, NODE, type Position } from './dimensions.ts';
import { boxOf, isExpanded, shownFrame } from './frames.ts';
import { type Growth, makeRoom } from './room.ts';

/** The layers that stand for a block of the design. */
export function blocksOf(network: Network): readonly LayerId[] {
  return [...network.layers.values()].filter((layer) => blockOf(layer, network) !== undefined).map(({ id }) => id);
}

/**
 * Expands blocks, or collapses them. Layers to the right and below make room for what is shown, and go back to exactly
 * where they came from when it is hidden again, in whatever order. Where something else was
 * put in that room so that it would be covered, the room stays.
 */
export function showLayers(network: Network, ids: readonly LayerId[], shown: boolean): readonly Edit[] {
  const changed = ids.filter((id) => {
    const layer = network.layers.get(id);
    return layer !== undefined && isExpanded(layer) !== shown && blockOf(layer, network) !== undefined;
  });
  if (changed.length === 0) return [];
  const flags = changed.map((layer): Edit => ({ type: 'set-fields', layer, fields: { expanded: shown } }));
  const after = flags.reduce(applyEdit, network);
  const places = placesIn(network);
  const collapse = makeRoom(places, growthsIn(network), true);
  const collapsed = new Map([...places].map(([id, place]) => [id, collapse(place)] as const));
  const expand = makeRoom(collapsed, growthsIn(after), false);
  const moves = movesIn(network, (place) => expand(collapse(place)));
  if (collisions(moves.reduce(applyEdit, after)) <= collisions(network)) return [...flags, ...moves];
  // The room of other blocks was used for something else: only those that expand make some, as if there were no others.
  const fresh = new Map([...growthsIn(after)].filter(([id]) => changed.includes(id)));
  const made = [...flags, ...movesIn(network, makeRoom(places, fresh, false))];
  const there = made.reduce(applyEdit, network);
  return collisions(there) <= collisions(network) ? made : [...made, pushApart(there)];
}

/** Moves layers that cover others further down, below those. */
function pushApart(network: Network): Edit {
  const done: Box[] = [];
  const positions = new Map<LayerId, Position>();
  const boxes = [...network.layers.values()].map((layer) => ({ layer, box: boxOf(network, layer) }));
  for (const { layer, box } of boxes.toSorted((a, b) => a.box.top - b.box.top)) {
    let { top } = box;
    const blocking = () => done.find((other) => overlap(other, { ...box, top }));
    for (let other = blocking(); other !== undefined; other = blocking()) top = other.top + other.height + GAP.row;
    done.push({ ...box, top });
    const [x, y] = layer.position ?? [0, 0];
    if (top !== box.top) positions.set(layer.id, [x, y + top - box.top]);
  }
  return { type: 'move', positions };
}

/**
 * Makes a block of layers.
 *
 * @param replace whether blocks of that name all become this one; those that are expanded then make room for it anew
 */
export function makeBlockEdits(
  network: Network,
  layers: readonly LayerId[],
  name: string,
  replace: boolean,
): readonly Edit[] {
  if (!replace) return [{ type: 'make-block', layers, name }];
  const expanded = [...network.layers.values()].filter(
    (layer) => layer.kind === BLOCK && layer.fields['block'] === name && isExpanded(layer),
  );
  const ids = expanded.map(({ id }) => id);
  const made: readonly Edit[] = [...showLayers(network, ids, false), { type: 'make-block', layers, name, replace }];
  return [...made, ...showLayers(made.reduce(applyEdit, network), ids, true)];
}

function placesIn({ layers }: Network): ReadonlyMap<LayerId, Position> {
  return new Map([...layers.values()].flatMap(({ id, position }) => (position ? [[id, position] as const] : [])));
}

function growthsIn(network: Network): ReadonlyMap<LayerId, Growth> {
  const growthOf = (layer: Layer): (readonly [LayerId, Growth])[] => {
    const frame = shownFrame(network, layer);
    if (frame === undefined) return [];
    return [[layer.id, { right: frame.width - NODE.width, above: frame.above, below: frame.above }]];
  };
  return new Map([...network.layers.values()].flatMap(growthOf));
}

/** Moves all layers and notes that a change of places moves. */
function movesIn(network: Network, move: (place: Position) => Position): readonly Edit[] {
  const moved = (place: Position): Position | undefined => {
    const [x, y] = move(place);
    return x === place[0] && y === place[1] ? undefined : [x, y];
  };
  const positions = new Map(
    [...placesIn(network)].flatMap(([id, place]) => {
      const position = moved(place);
      return position === undefined ? [] : [[id, position] as const];
    }),
  );
  const notes = [...(network.notes?.values() ?? [])].flatMap((note): Edit[] => {
    const position = moved(note.position);
    return position === undefined ? [] : [{ type: 'put-note', note: { ...note, position } }];
  });
  return [...(positions.size > 0 ? [{ type: 'move' as const, positions }] : []), ...notes];
}

/** How many pairs of layers cover each other. */
export function collisions(network: Network): number {
  const boxes = [...network.layers.values()].map((layer) => boxOf(network, layer)).toSorted((a, b) => a.left - b.left);
  let count = 0;
  for (const [i, box] of boxes.entries()) {
    for (let j = i + 1; j < boxes.length; j++) {
      const other = boxes[j] as Box;
      if (other.left >= box.left + box.width) break;
      if (overlap(box, other)) count++;
    }
  }
  return count;
}
