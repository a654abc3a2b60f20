/** What can be done to layers without a pointer: each is one step to undo, and says what came of it. */
import { kindLabel } from '#core/layers/index.ts';
import { applyEdit, type Edit, nextId } from '#core/network/edits.ts';
import { consumersOf, type Edge, inputsOf, type LayerId } from '#core/network/network.ts';
import { proposeConnection } from '../canvas/refused-connection.ts';
import { freeSpot, type Item, placeBehind } from '../canvas/use-canvas-actions.ts';
import { duplicate } from '../document/clipboard.ts';
import { edit, select, useDocument } from '../document/store.ts';
import { announce } from '../ui/announce.ts';
import { inWords } from './rows.ts';

export type Side = 'before' | 'after';

const networkNow = () => useDocument.getState().design.network;
const nameOf = (id: LayerId) => networkNow().layers.get(id)?.name ?? id;

export function connect(from: LayerId, to: LayerId): void {
  const before = inputsOf(networkNow()).get(to) ?? [];
  // Where it would close a loop, the question on the canvas says so.
  if (!proposeConnection({ from, to })) return;
  const after = inputsOf(networkNow()).get(to) ?? [];
  const replaced = before.filter((id) => !after.includes(id)).map(nameOf);
  const instead = replaced.length > 0 ? ` instead of ${inWords(replaced)}` : '';
  announce(`${nameOf(from)} now feeds ${nameOf(to)}${instead}`);
}

export function disconnect({ from, to }: Edge): void {
  edit({ type: 'remove', layers: [], edges: [{ from, to }] });
  announce(`${nameOf(from)} no longer feeds ${nameOf(to)}`);
}

/** Lets a layer take one of its inputs a place earlier. */
export function moveInputUp(to: LayerId, from: LayerId): void {
  const inputs = inputsOf(networkNow()).get(to) ?? [];
  const at = inputs.indexOf(from);
  const [earlier] = inputs.slice(at - 1, at);
  if (at < 1 || earlier === undefined) return;
  const order = inputs.with(at - 1, from).with(at, earlier);
  edit(
    { type: 'remove', layers: [], edges: inputs.map((id) => ({ from: id, to })) },
    ...order.map((id): Edit => ({ type: 'connect', from: id, to })),
  );
  announce(`${nameOf(from)} now comes before ${nameOf(earlier)} among the inputs of ${nameOf(to)}`);
}

/** Puts a new layer between a layer and all that feeds it, or all that it feeds; answers the new one. */
export function insert(side: Side, layer: LayerId, { kind, fields }: Item): LayerId {
  const network = networkNow();
  const id = nextId(network, kind);
  const edits: readonly Edit[] = [
    { type: side === 'before' ? 'insert-before' : 'insert-after', layer, kind },
    ...(fields ? [{ type: 'set-fields', layer: id, fields } as const] : []),
  ];
  const last = side === 'after' && consumersOf(network).get(layer)?.length === 0;
  const wanted = last ? placeBehind(network, [layer]) : edits.reduce(applyEdit, network).layers.get(id)?.position;
  const positions = new Map(wanted && [[id, freeSpot(network, wanted)] as const]);
  edit(...edits, { type: 'move', positions });
  announce(`${nameOf(id)} was inserted ${side} ${nameOf(layer)}`);
  select([id]);
  return id;
}

export function rename(layer: LayerId, name: string): void {
  const before = nameOf(layer);
  if (name === before) return;
  edit({ type: 'rename', layer, name });
  announce(`${before} is now called ${name}`);
}

/** Makes a layer one of another kind, with its connections. */
export function replace(layer: LayerId, kind: string): void {
  const before = nameOf(layer);
  edit({ type: 'replace', layer, kind });
  announce(`${before} was replaced with ${kindLabel(kind)}`);
}

export function remove(layers: readonly LayerId[]): void {
  const [only] = layers;
  if (only === undefined) return;
  const what = layers.length === 1 ? `${nameOf(only)} was` : `${layers.length} layers were`;
  edit({ type: 'remove', layers });
  announce(`${what} deleted`);
}

/** Makes copies of what is selected; they are selected then. */
export function duplicateSelection(): void {
  duplicate();
  announce(`Duplicated as ${inWords([...useDocument.getState().selection].map(nameOf))}`);
}
