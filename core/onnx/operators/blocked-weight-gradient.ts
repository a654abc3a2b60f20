import type { Value } from '../graph.ts';
import type { AttributesOf } from './attributes.ts';
import { intoBlocks, wholeBlocks } from './blocked.ts';
import type { GraphWriter } from './operator.ts';

/**
 * dw [K, C, fh, fw] of a CONV in one group, by one CONV of the blocked layout in which the pictures are the channels and
 * dy is the filters. The input's columns and its (blocked) channels lie one behind the other: one row of the answer is
 * then fw·b positions long, enough to keep every lane of the processor at work.
 *
 * x̂ [C/b, N, H, W·b] ⋆ d̂y [K, N, oh, ow], dilated by the stride in H and stride·b in W → [C/b, K, fh, fw·b]
 */
export function asBlocked(
  graph: GraphWriter,
  x: Value,
  w: Value,
  dy: Value,
  { strides, dilations, pads }: AttributesOf<'Conv'>,
): Value {
  const b = graph.target.channelBlock;
  const [filters, channels, fh, fw] = graph.dims(w) as readonly [number, number, number, number];
  const [n, , oh, ow] = graph.dims(dy) as readonly [number, number, number, number];
  const [, , height, width] = graph.dims(x) as readonly [number, number, number, number];
  const [sh, sw] = strides as readonly [number, number];
  const [dh, dw] = dilations as readonly [number, number];
  const [top, left] = pads as readonly [number, number];
  const wholeFilters = wholeBlocks(filters, b);
  const pictures = wholeBlocks(n, b);
  const reshape = (value: Value, dims: readonly number[]) => graph.add('Reshape', [value, graph.ints(dims)], {});

  // What the windows read, no more: padded in front, padded or cropped behind.
  const rows = sh * (oh - 1) + dh * (fh - 1) + 1;
  const columns = sw * (ow - 1) + dw * (fw - 1) + 1;
  const behind = [rows - height - top, columns - width - left] as const;
  const padded = (value: Value, front: readonly number[], back: readonly number[]) =>
    [...front, ...back].every((p) => p === 0) ? value : graph.add('Pad', [value, graph.ints([...front, ...back])], {});

  // x̂: channels innermost, in blocks where there are whole ones, all of them side by side otherwise.
  const inBlocks = channels % b === 0;
  const side = inBlocks ? b : channels;
  const blocks = channels / side;
  let pixels: Value;
  if (inBlocks) {
    const split = reshape(intoBlocks(graph, x), [n, blocks, height, width, b]);
    const read = padded(split, [0, 0, top, left, 0], [0, 0, ...behind, 0]);
    pixels = blocks === 1 ? read : graph.add('Transpose', [read], { perm: [1, 0, 2, 3, 4] });
  } else {
    pixels = graph.add('Transpose', [padded(x, [0, 0, top, left], [0, 0, ...behind])], { perm: [0, 2, 3, 1] });
  }
  const picturesInside = intoBlocks(graph, reshape(pixels, [blocks, n, 1, rows * columns * side]));
  const input = reshape(picturesInside, [blocks, pictures, rows, columns * side]);

  // d̂y, ordered as filters are: [K/b, N/b, oh·ow, b of N, b of K].
  const slopes = padded(intoBlocks(graph, dy), [0, 0, 0, 0], [pictures - n, 0, 0, 0]);
  const kernels = graph.add('Transpose', [reshape(slopes, [pictures / b, b, wholeFilters / b, oh * ow, b])], {
    perm: [2, 0, 3, 1, 4],
  });
  const taps = graph.add('NchwcConv', [input, reshape(kernels, [wholeFilters, pictures, oh, ow])], {
    kernel_shape: [oh, ow],
    strides: [dh, 1],
    pads: [0, 0, 0, 0],
    dilations: [sh, sw * side],
    group: 1,
    activation: '',
  });

  const reach = dw * (fw - 1) + 1;
  const all = reshape(taps, [blocks, wholeFilters / b, fh, reach, side, b]);
  const read = dw === 1 ? all : graph.add('Slice', [all, ...[0, reach, 3, dw].map((value) => graph.ints([value]))], {});
  const ordered = reshape(graph.add('Transpose', [read], { perm: [1, 5, 0, 4, 2, 3] }), [
    wholeFilters,
    channels,
    fh,
    fw,
  ]);
  if (wholeFilters === filters) return ordered;
  return graph.add('Slice', [ordered, ...[0, filters, 0].map((value) => graph.ints([value]))], {});
}
