import type { Value } from '../graph.ts';
import { type GraphWriter, notDifferentiable, type Operator, type TypeContext } from './operator.ts';
import { WINDOW_ATTRIBUTES, windowOutput } from './window.ts';

/**
 * ONNX Runtime's own operators on its blocked layout (NCHWc): channels in blocks of `target.channelBlock`, a block's
 * channels side by side in memory: [N, C/b, H, W, b], told by the dimensions [N, C, H, W] with C rounded up to whole
 * blocks. They are written for its CPU provider only, after differentiation, and never into a file.
 * Source: onnxruntime/core/graph/contrib_ops/nchwc_schema_defs.cc.
 */
const DOMAIN = 'com.microsoft.nchwc';

const WRITTEN_LAST = notDifferentiable('the blocked layout is chosen after differentiation');

/** Channels rounded up to whole blocks. */
export function wholeBlocks(channels: number, block: number): number {
  return Math.ceil(channels / block) * block;
}

/** What ReorderInput wants the channels to be a multiple of. */
const MULTIPLE = 4;

/** A value [N, C, H, W] in blocks; the channels that it lacks are 0. */
export function intoBlocks(graph: GraphWriter, value: Value): Value {
  const channels = graph.dims(value)[1] as number;
  const missing = wholeBlocks(channels, MULTIPLE) - channels;
  const filled = missing === 0 ? value : graph.add('Pad', [value, graph.ints([0, 0, 0, 0, 0, missing, 0, 0])], {});
  return graph.add('ReorderInput', [filled], {});
}

function blockOf(context: TypeContext<'ReorderInput' | 'ReorderOutput' | 'NchwcConv'>): number {
  const block = context.target.channelBlock;
  return block > 1 ? block : context.fail('needs a target with a blocked layout');
}

/** [N, C, H, W] in the order of its dimensions → in blocks; channels that are missing for a whole block become 0. */
export const reorderInput: Operator<'ReorderInput'> = {
  runtime: { domain: DOMAIN, name: 'ReorderInput' },
  attributes: {},
  types: (context) => {
    const { dtype, dims } = context.input(0);
    const [n, channels, ...size] = dims as readonly [number, number, ...number[]];
    if (dims.length !== 4 || channels % MULTIPLE !== 0) context.fail(`needs [N, C, H, W], C a multiple of ${MULTIPLE}`);
    return [{ dtype, dims: [n, wholeBlocks(channels, blockOf(context)), ...size] }];
  },
  gradient: WRITTEN_LAST,
};

/** In blocks → [N, C, H, W] in the order of its dimensions, `channels` of them. */
export const reorderOutput: Operator<'ReorderOutput'> = {
  runtime: { domain: DOMAIN, name: 'ReorderOutput' },
  attributes: { channels: 'int' },
  types: (context) => {
    const { dtype, dims } = context.input(0);
    const { channels } = context.attributes;
    if (dims[1] !== wholeBlocks(channels, blockOf(context))) context.fail(`does not hold ${channels} channels`);
    return [{ dtype, dims: dims.map((dim, axis) => (axis === 1 ? channels : dim)) }];
  },
  gradient: WRITTEN_LAST,
};

/**
 * y = activation(x ⋆ w + b + sum), x and y in blocks (x in order where a group has fewer channels than a block holds,
 * but for groups of one channel and one filter).
 * w [K, C/g, fh, fw] is ordered as MLAS reads it, see `blockedFilters`.
 */
export const nchwcConv: Operator<'NchwcConv'> = {
  runtime: { domain: DOMAIN, name: 'Conv' },
  attributes: { ...WINDOW_ATTRIBUTES, group: 'int', activation: 'string' },
  types: (context) => {
    const [x, w] = [context.input(0), context.input(1)];
    const [n, channels] = x.dims as readonly [number, number];
    const [filters, perGroup] = w.dims as readonly [number, number];
    const block = blockOf(context);
    const { group } = context.attributes;
    if (channels !== perGroup * group) context.fail('has weights for other channels');
    const inBlocks = filters === group ? channels : perGroup;
    if ((inBlocks >= block && inBlocks % block !== 0) || filters % block !== 0) context.fail('needs whole blocks');
    return [{ dtype: x.dtype, dims: [n, filters, ...windowOutput(x.dims, context.attributes)] }];
  },
  gradient: WRITTEN_LAST,
};
