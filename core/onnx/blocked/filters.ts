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

/**
 * The same for filters [K, C, fh, fw] that are turned by 180° and whose channels change places with them, [C, K, fh, fw],
 * as a CONV's input gradient reads them: in one Transpose in place of two. K and C are whole blocks.
 */
export function turnedFilters(graph: GraphWriter, w: Value): Value {
  const b = graph.target.channelBlock;
  const [filters, channels, fh, fw] = graph.dims(w) as readonly [number, number, number, number];
  const split = graph.add('Reshape', [w, graph.ints([filters / b, b, channels / b, b, fh * fw])], {});
  const ordered = graph.add('Transpose', [split], { perm: [2, 0, 4, 1, 3] });
  const [last, before, axis, step] = [-1, -fh * fw - 1, 2, -1].map((value) => graph.ints([value]));
  const turned = fh * fw === 1 ? ordered : graph.add('Slice', [ordered, last, before, axis, step], {});
  return graph.add('Reshape', [turned, graph.ints([channels, filters, fh, fw])], {});
}
