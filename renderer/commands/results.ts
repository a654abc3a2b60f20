import type { LayerId, Network } from '#core/network/network.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import { addEntries, commandEntries, type Entry, layerEntries, replaceEntries, templateEntries } from './entries.ts';
import { search } from './match.ts';

interface Shown {
  readonly network: Network;
  readonly report: NetworkReport;
  readonly selection: ReadonlySet<LayerId>;
  /** Whether the network is on the page, and not the start screen. */
  readonly onCanvas: boolean;
}

/** What what was typed finds: layers, commands, kinds, templates; last what is known but cannot be done now. */
export function findAll(typed: string, shown: Shown): readonly Entry[] {
  const commands = commandEntries(shown.onCanvas);
  // Before anything is typed, what can be done says more than a long list of layers would.
  if (typed.trim() === '') return commands.filter(({ obstacle }) => obstacle === undefined);
  const { network, report, selection } = shown;
  const found = search(
    shown.onCanvas
      ? [
          ...layerEntries(network, report),
          ...commands,
          ...addEntries(network),
          ...replaceEntries(network, selection),
          ...templateEntries(),
        ]
      : [...commands, ...templateEntries()],
    typed,
  );
  const possible = found.filter(({ obstacle }) => obstacle === undefined);
  return [...possible, ...found.filter(({ obstacle }) => obstacle !== undefined)];
}

export function findLayers(typed: string, { network, report, onCanvas }: Shown): readonly Entry[] {
  return onCanvas ? search(layerEntries(network, report), typed) : [];
}
