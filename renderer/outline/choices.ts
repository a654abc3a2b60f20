import { BLOCK } from '#core/layers/block.ts';
import { LAYERS, layerDefinition, layerLabel } from '#core/layers/index.ts';
import { inputsOf, type LayerId, type Network } from '#core/network/network.ts';
import { ancestors } from '#core/network/order.ts';
import type { Item } from '../canvas/use-canvas-actions.ts';
import { inWords } from './rows.ts';

/** Something to choose from a list that can be filtered by typing. */
export interface Choice<T> {
  readonly id: string;
  readonly value: T;
  readonly label: string;
  /** What helps to choose, beside the label. */
  readonly detail: string;
}

/** What could be added: every kind, and the design's blocks. */
export function addChoices(network: Network): readonly Choice<Item>[] {
  const kinds = LAYERS.map(({ kind, label, category }) => ({
    id: kind,
    value: { kind },
    label,
    detail: category,
  }));
  const blocks = [...(network.blocks?.keys() ?? [])].map((name) => ({
    id: `${BLOCK} ${name}`,
    value: { kind: BLOCK, fields: { block: name } },
    label: name,
    detail: 'Blocks',
  }));
  return [...kinds, ...blocks];
}

/** What could be put between layers: of what could be added, all that takes an input. */
export function insertChoices(network: Network): readonly Choice<Item>[] {
  return addChoices(network).filter(({ value }) => layerDefinition(value.kind)?.arity.max !== 0);
}

/** What a layer could feed: not an INPUT, nor what it feeds already, nor what feeds it, which would close a loop. */
export function connectChoices(network: Network, from: LayerId): readonly Choice<LayerId>[] {
  const before = ancestors(network, from);
  const inputs = inputsOf(network);
  return [...network.layers.values()].flatMap(({ id, kind, name }) => {
    const definition = layerDefinition(kind);
    const feeding = inputs.get(id) ?? [];
    if (before.has(id) || feeding.includes(from) || definition?.arity.max === 0) return [];
    const names = inWords(feeding.map((other) => network.layers.get(other)?.name ?? other));
    const replaced = definition?.arity.max === 1 ? 'instead of' : 'beside';
    const detail = names === '' ? 'not connected' : `${replaced} ${names}`;
    return [{ id, value: id, label: layerLabel({ kind, name }), detail }];
  });
}
