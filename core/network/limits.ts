import { formatWhole } from '../format.ts';
import { elementCount } from '../onnx/tensor.ts';
import { formatVolume, isVolume, type Shape } from '../shape.ts';

/**
 * Layers and edges of a network in which blocks stand replaced by their layers, and of a file: twice as many as the
 * largest published networks have (NASNet-A large has some 1,000 layers), and as many as a page can still draw.
 */
export const MAX_LAYERS = 2000;
export const MAX_EDGES = 10_000;

/** Numbers in a volume or a tensor: what the runtime's 32-bit sizes and an array of this program can hold. */
const MAX_NUMBERS = 2 ** 31 - 1;
/** Rows or columns of a volume. */
const MAX_SIDE = 65_536;

/** Why a volume is too large to be computed, or undefined where it is not. */
export function volumeFault(shape: Shape): string | undefined {
  const numbers = elementCount(shape);
  if (numbers > MAX_NUMBERS) {
    return `It would give ${formatVolume(shape)} = ${formatWhole(numbers)} numbers for one image; at most ${formatWhole(MAX_NUMBERS)} can be computed. Make its input smaller.`;
  }
  if (isVolume(shape) && Math.max(shape[1], shape[2]) > MAX_SIDE) {
    return `It would give ${formatVolume(shape)}; rows and columns are computed up to ${formatWhole(MAX_SIDE)}. Make its input smaller.`;
  }
  return undefined;
}

/** Why tensors are too large to be held, or undefined where they are not. */
export function tensorsFault(tensors: readonly { readonly name: string; readonly dims: readonly number[] }[]) {
  const large = tensors.find(({ dims }) => elementCount(dims) > MAX_NUMBERS);
  if (large === undefined) return undefined;
  const numbers = formatWhole(elementCount(large.dims));
  return `Its ${large.name} would be [${large.dims.join(', ')}] = ${numbers} numbers; at most ${formatWhole(MAX_NUMBERS)} can be held. Make its input or the layer smaller.`;
}

/** Why a network whose blocks stand replaced by their layers is too large to be computed; undefined where it is not. */
export function expansionFault({ layers, edges }: { readonly layers: number; readonly edges: number }) {
  const [what, count, most] =
    layers > MAX_LAYERS ? (['layers', layers, MAX_LAYERS] as const) : (['connections', edges, MAX_EDGES] as const);
  if (count <= most) return undefined;
  return `With the layers of its blocks the network has ${formatWhole(count)} ${what}; at most ${formatWhole(most)} are computed. Remove some of its blocks.`;
}
