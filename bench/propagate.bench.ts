import { applyEdit } from '#core/network/edits.ts';
import { offeredFixes } from '#core/network/offered-fixes.ts';
import { propagate } from '#core/network/propagate.ts';
import { longNetwork } from './networks.ts';
import { repeat, report } from './report.ts';

export const title = 'shapes, problems and costs of a network of 1,000 layers (wanted: under 5 ms); fixes among 500';

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

  // A kernel that is too large, in the first layer and in the last: what is offered is tried on all layers behind it.
  const long = longNetwork(500);
  const convs = [...long.layers.values()].filter(({ kind }) => kind === 'Conv2D').map(({ id }) => id);
  for (const layer of [convs[0], convs.at(-1)] as string[]) {
    const faulty = Array.from({ length: 100 }, (_, i) =>
      applyEdit(long, { type: 'set-fields', layer, fields: { kernelSize: 50 + i } }),
    );
    const reports = faulty.map((one) => propagate(one));
    const tried = await repeat(faulty.length, (turn) => {
      const [one, of] = [faulty[turn] as typeof long, reports[turn] as typeof found];
      if (offeredFixes(one, of, of.problems[0]!).length === 0) throw new Error('There is nothing to offer.');
    });
    report(`fixes of ${layer}, of 500 layers`, tried);
  }
}
