import type { Value } from '../graph.ts';
import type { AttributesOf } from './attributes.ts';
import { intoBlocks, wholeBlocks } from './blocked.ts';
import type { GraphWriter } from './operator.ts';
import { copyingFilters, EVERYWHERE } from './window.ts';

type ConvAttributes = AttributesOf<'Conv'>;

/**
 * dw [K, C, fh, fw] of a CONV in one group, by one CONV of the blocked layout in which dy, as it lies, is the filters: as
 * large as a picture, one for each picture and filter, each picture a group of its own. The input's columns and its
 * (blocked) channels lie one behind the other: one row of the answer is then fw·b positions long, enough to keep every
 * lane of the processor at work. What the pictures answer is added up. The operator takes fewer groups than a block has
 * channels, or whole blocks of them; otherwise some pictures lie one below the other, dy with rows of zeros between.
 *
 * x̂ [C/b, N, H, W·b] ⋆ dy [N·K, 1, oh, ow], dilated by the stride in H and stride·b in W → [C/b, N·K, fh, fw·b]
 */
export function asPlanes(graph: GraphWriter, x: Value, w: Value, dy: Value, attributes: ConvAttributes): Value {
  const b = graph.target.channelBlock;
  const [filters, , fh] = graph.dims(w) as readonly [number, number, number];
  const [n, , oh, ow] = graph.dims(dy) as readonly [number, number, number, number];
  const wholeFilters = wholeBlocks(filters, b);
  const group = groupsOfPictures(n, b);
  const stacked = n / group;
  const [stride, dilation] = [attributes.strides[0] as number, attributes.dilations[0] as number];
  const { pixels, blocks, rows, columns, side } = channelsInside(graph, x, w, dy, attributes, stacked > 1 ? stride : 1);
  // From a picture to the one below it are as many rows of dy as of x̂, in steps of the stride.
  const each = stacked > 1 ? rows / stride : oh;
  const slopes = paddedInBlocks(graph, intoBlocks(graph, dy), [0, 0, each - oh, 0]);
  const input = reshape(graph, pixels, [blocks, group, stacked * rows, columns * side]);
  const split = reshape(graph, slopes, [group, stacked, wholeFilters / b, each * ow * b]);
  const below = stacked > 1 && wholeFilters > b ? graph.add('Transpose', [split], { perm: [0, 2, 1, 3] }) : split;
  const kernels = reshape(graph, below, [group * wholeFilters, 1, stacked * each, ow]);
  const missing = stride * (stacked * each - 1) + dilation * (fh - 1) + 1 - stacked * rows;
  const taps = graph.add('NchwcConv', [input, kernels], {
    ...exchanged(attributes, side, [stacked * each, ow]),
    pads: [0, 0, missing, 0],
    group,
  });
  return inOrderOfFilters(graph, taps, w, attributes, { blocks, parts: group, side });
}

/** Whether there are groups enough for `asPlanes`, and its rows come out even. */
export function fitsPlanes(graph: GraphWriter, w: Value, dy: Value, { strides, dilations }: ConvAttributes): boolean {
  const [n] = graph.dims(dy) as readonly [number];
  const [, , fh] = graph.dims(w) as readonly [number, number, number];
  const groups = groupsOfPictures(n, graph.target.channelBlock);
  const reach = (dilations[0] as number) * (fh - 1) + 1;
  return groups === n || (groups >= FEWEST_GROUPS && reach >= (strides[0] as number));
}

/** Groups below which work is too uneven. */
const FEWEST_GROUPS = 5;

/** The most groups of equally many pictures that the operator takes. */
function groupsOfPictures(n: number, block: number): number {
  let groups = n;
  while (n % groups !== 0 || (groups >= block && groups % block !== 0)) groups -= 1;
  return groups;
}

/**
 * The same with pictures as the channels that are summed over, 16 of them side by side: more is reordered, but only a few
 * answers are added up. For weights that are many beside the positions of dy.
 *
 * x̂ [C/b, N, H, W·b] ⋆ d̂y [K, N, oh, ow] → [C/b, K, fh, fw·b]
 */
export function asBlocked(graph: GraphWriter, x: Value, w: Value, dy: Value, attributes: ConvAttributes): Value {
  const b = graph.target.channelBlock;
  const [filters, , fh] = graph.dims(w) as readonly [number, number, number];
  const [n, , oh, ow] = graph.dims(dy) as readonly [number, number, number, number];
  const wholeFilters = wholeBlocks(filters, b);
  const pictures = wholeBlocks(n, b);
  const { pixels, blocks, rows, columns, side } = channelsInside(graph, x, w, dy, attributes);
  const picturesInside = intoBlocks(graph, reshape(graph, pixels, [blocks, n, 1, rows * columns * side]));
  const input = reshape(graph, picturesInside, [blocks, pictures, rows, columns * side]);

  // d̂y, ordered as filters are: [K/b, N/b, oh·ow, b of N, b of K], for each group of pictures.
  const slopes = padded(graph, intoBlocks(graph, dy), [0, 0, 0, 0], [pictures - n, 0, 0, 0]);
  const group = groupsFor(pictures / b, blocks * fh);
  const split = [group, pictures / group / b, b, wholeFilters / b, oh * ow, b];
  const ordered = graph.add('Transpose', [reshape(graph, slopes, split)], { perm: [0, 3, 1, 4, 2, 5] });
  const kernels = reshape(graph, ordered, [group * wholeFilters, pictures / group, oh, ow]);
  const taps = graph.add('NchwcConv', [input, kernels], { ...exchanged(attributes, side, [oh, ow]), group });
  return inOrderOfFilters(graph, taps, w, attributes, { blocks, parts: group, side });
}

/**
 * What the windows read of x as [C/b, N, rows, columns, b]: channels innermost, in blocks where there are whole ones.
 *
 * @param multiple of which the rows are one, with rows of zeros at the end
 */
function channelsInside(
  graph: GraphWriter,
  x: Value,
  w: Value,
  dy: Value,
  { strides, dilations, pads }: ConvAttributes,
  multiple = 1,
) {
  const b = graph.target.channelBlock;
  const [, channels, fh, fw] = graph.dims(w) as readonly [number, number, number, number];
  const [n, , oh, ow] = graph.dims(dy) as readonly [number, number, number, number];
  const [, , height, width] = graph.dims(x) as readonly [number, number, number, number];
  const [sh, sw] = strides as readonly [number, number];
  const [dh, dw] = dilations as readonly [number, number];
  const [top, left] = pads as readonly [number, number];
  // Padded in front, padded or cropped behind.
  const rows = multiple * Math.ceil((sh * (oh - 1) + dh * (fh - 1) + 1) / multiple);
  const columns = sw * (ow - 1) + dw * (fw - 1) + 1;
  const behind = [rows - height - top, columns - width - left] as const;
  if (channels % b !== 0) {
    const read = padded(graph, x, [0, 0, top, left], [0, 0, ...behind]);
    const pixels = graph.add('Transpose', [read], { perm: [0, 2, 3, 1] });
    return { pixels, blocks: 1, rows, columns, side: channels };
  }
  const blocks = channels / b;
  const inBlocks = intoBlocks(graph, x);
  const around = [top, left, ...behind];
  const read = around.every((p) => p >= 0)
    ? reshape(graph, paddedInBlocks(graph, inBlocks, around), [n, blocks, rows, columns, b])
    : padded(
        graph,
        reshape(graph, inBlocks, [n, blocks, height, width, b]),
        [0, 0, top, left, 0],
        [0, 0, ...behind, 0],
      );
  const pixels = blocks === 1 ? read : graph.add('Transpose', [read], { perm: [1, 0, 2, 3, 4] });
  return { pixels, blocks, rows, columns, side: b };
}

/** The CONV of which dy is the filters: stride and dilation change places. */
function exchanged({ strides, dilations }: ConvAttributes, side: number, kernel: readonly number[]) {
  const [sh, sw] = strides as readonly [number, number];
  return {
    kernel_shape: kernel,
    strides: [dilations[0] as number, 1],
    pads: [0, 0, 0, 0],
    dilations: [sh, sw * side],
    activation: '',
  };
}

/** [C/b, parts·K, fh, fw·b], in blocks, → [K, C, fh, fw], the parts added up. */
function inOrderOfFilters(
  graph: GraphWriter,
  taps: Value,
  w: Value,
  { dilations }: ConvAttributes,
  { blocks, parts, side }: { readonly blocks: number; readonly parts: number; readonly side: number },
): Value {
  const b = graph.target.channelBlock;
  const [filters, channels, fh, fw] = graph.dims(w) as readonly [number, number, number, number];
  const wholeFilters = wholeBlocks(filters, b);
  const step = dilations[1] as number;
  const reach = step * (fw - 1) + 1;
  const apart = reshape(graph, taps, [blocks, parts, wholeFilters / b, fh, reach, side, b]);
  const sums = graph.add('ReduceSum', [apart, graph.ints([1])], { keepdims: 0 });
  const read =
    step === 1 ? sums : graph.add('Slice', [sums, ...[0, reach, 3, step].map((value) => graph.ints([value]))], {});
  const transposed = graph.add('Transpose', [read], { perm: [1, 5, 0, 4, 2, 3] });
  const ordered = reshape(graph, transposed, [wholeFilters, channels, fh, fw]);
  if (wholeFilters === filters) return ordered;
  return graph.add('Slice', [ordered, ...[0, filters, 0].map((value) => graph.ints([value]))], {});
}

/** Rows of answers, one piece of work each, that keep some processors equally busy. */
const PIECES = 12;

/** Groups into which pictures are parted: few rows of answers make uneven work. */
function groupsFor(blocksOfPictures: number, rows: number): number {
  let groups = 1;
  while (rows * groups < PIECES && blocksOfPictures % (2 * groups) === 0) groups *= 2;
  return groups;
}

function reshape(graph: GraphWriter, value: Value, dims: readonly number[]): Value {
  return graph.add('Reshape', [value, graph.ints(dims)], {});
}

function padded(graph: GraphWriter, value: Value, front: readonly number[], back: readonly number[]): Value {
  const around = [...front, ...back];
  return around.every((p) => p === 0) ? value : graph.add('Pad', [value, graph.ints(around)], {});
}

/** A volume in blocks with zeros around, by a CONV that only copies: that works on several threads, Pad does not. */
function paddedInBlocks(graph: GraphWriter, x: Value, pads: readonly number[]): Value {
  if (pads.every((p) => p === 0)) return x;
  const channels = graph.dims(x)[1] as number;
  const attributes = { ...EVERYWHERE, kernel_shape: [1, 1], pads, group: channels, activation: '' };
  return graph.add('NchwcConv', [x, copyingFilters(graph, channels)], attributes);
}
