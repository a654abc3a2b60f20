/** Whatever edits are made, in whatever order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { editedBy, randomSteps } from '../../random-edits.ts';

it('what is used again of the last propagation is what would be computed anew; nothing throws, files keep it all', () => {
  fc.assert(
    fc.property(randomSteps, (steps) => {
      const network = editedBy(steps, propagate);
      const copy: Network = {
        ...network,
        layers: new Map([...network.layers].map(([id, layer]) => [id, structuredClone(layer)])),
      };
      expect(propagate(network)).toEqual(propagate(copy));
      const design = { name: 'Any', network, training: DEFAULT_TRAINING, classLabels: [] };
      expect(parseDesign(formatDesign(design)).network).toEqual(network);
    }),
    { numRuns: 400 },
  );
}, 60_000);
