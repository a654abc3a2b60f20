/** Short ways to draw networks in tests. */

import type { Fields } from '#core/layers/fields.ts';
import { applyEdit, nextId } from '#core/network/edits.ts';
import { EMPTY_NETWORK, type LayerId, type Network } from '#core/network/network.ts';

export type Step = readonly [kind: string, fields?: Fields];

/** A chain of layers, each fed by the one before. */
export function chain(...steps: readonly Step[]): Network {
  let network = EMPTY_NETWORK;
  let last: LayerId | undefined;
  for (const [kind, fields = {}] of steps) {
    const id = nextId(network, kind);
    network = applyEdit(network, { type: 'add', kind, id, after: last === undefined ? [] : [last] });
    network = applyEdit(network, { type: 'set-fields', layer: id, fields });
    last = id;
  }
  return network;
}

export function input(channels: number, height: number, width = height): Step {
  return ['Input', { channels, height, width }];
}

export function conv(filters: number, kernelSize: number, strides = 1, padding = 0): Step {
  return ['Conv2D', { filters, kernelSize, strides, padding }];
}
