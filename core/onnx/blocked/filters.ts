import type { Value } from '../graph.ts';
import { wholeBlocks } from '../operators/blocked.ts';
import type { GraphWriter } from '../operators/operator.ts';

/**
 * Filters [K, C/g, fh, fw] in the order in which NchwcConv reads them: [K/b, C/b, fh·fw, b of C, b of K], or
 * [K/b, C, fh·fw, b of K] where C is less than a block. Both are filled up with zeros to whole blocks.
 */
export function blockedFilters(graph: GraphWriter, w: Value): Value {
  const b = graph.target.channelBlock;
  const [filters, channels, fh, fw] = graph.dims(w) as readonly [number, number, number, number];
  const wholeFilters = wholeBlocks(filters, b);
  const inside = channels < b ? 1 : b;
  const wholeChannels = wholeBlocks(channels, inside);
  const missing = [wholeFilters - filters, wholeChannels - channels] as const;
  const filled = missing.every((n) => n === 0)
    ? w
    : graph.add('Pad', [w, graph.ints([0, 0, 0, 0, ...missing, 0, 0])], {});
  const split = [wholeFilters / b, b, wholeChannels / inside, inside, fh * fw];
  const ordered = graph.add('Transpose', [graph.add('Reshape', [filled, graph.ints(split)], {})], {
    perm: [0, 2, 4, 3, 1],
  });
  return graph.add('Reshape', [ordered, graph.ints([wholeFilters, wholeChannels, fh, fw])], {});
}
