import { applyEdit } from '#core/network/edits.ts';
import { propagate } from '#core/network/propagate.ts';
import { longNetwork } from './networks.ts';
import { repeat, report } from './report.ts';

export const title = 'shapes, problems and costs of a network of 1,000 layers (wanted: under 5 ms)';

export async function run(): Promise<void> {
  const network = longNetwork(1000);
  const found = propagate(network);
  if (network.layers.size !== 1000 || found.problems.length > 0) throw new Error('This is not the network meant.');
  const first = found.order[1] as string;
  // A network that was never seen before, and one of which one layer was changed, as while typing.
  const fresh = Array.from({ length: 250 }, () => longNetwork(1000));
  for (const one of fresh.splice(0, 50)) propagate(one);
  report('all of it', await repeat(fresh.length, (turn) => propagate(fresh[turn] as typeof network)));
  const changed = Array.from({ length: 200 }, (_, i) =>
    applyEdit(network, { type: 'set-fields', layer: first, fields: { filters: 1 + i } }),
  );
  report('after one change', await repeat(changed.length, (turn) => propagate(changed[turn] as typeof network)));
}
