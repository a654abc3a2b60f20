/** Rows of numbers: [height][width]; a volume is one map for each channel. */
export type Matrix = readonly (readonly number[])[];

export interface ConvolutionExample {
  /** [D][H][W] */
  readonly input: readonly Matrix[];
  /** [K][D][F][F] */
  readonly filters: readonly (readonly Matrix[])[];
  readonly bias: readonly number[];
  readonly stride: number;
  readonly pad: number;
  /** What the slide divides the filter's whole numbers by. */
  readonly divisor?: number;
}

export interface PoolingExample {
  readonly kind: 'max' | 'average';
  readonly input: Matrix;
  readonly size: number;
  readonly stride: number;
}

/** Positions of a window along an axis. */
function positions(n: number, size: number, stride: number): readonly number[] {
  return Array.from({ length: Math.floor((n - size) / stride) + 1 }, (_, i) => i * stride);
}

/** The part of a matrix under a window, the rest of which lies on zeros. */
export function under(matrix: Matrix, top: number, left: number, size: number): Matrix {
  return Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_, x) => matrix[top + y]?.[left + x] ?? 0),
  );
}

/** One output of a convolution: the products that are added up, channel by channel, and their sum with the bias. */
export interface Sum {
  readonly terms: readonly { readonly pixel: number; readonly weight: number }[];
  readonly bias: number;
  readonly value: number;
}

/** Cross-correlation, as every example of the lectures computes it: [K][H][W], each value with what it was made of. */
export function convolve({ input, filters, bias, stride, pad, divisor = 1 }: ConvolutionExample): Sum[][][] {
  const height = (input[0]?.length ?? 0) + 2 * pad;
  const width = (input[0]?.[0]?.length ?? 0) + 2 * pad;
  return filters.map((filter, k) => {
    const size = filter[0]?.length ?? 1;
    return positions(height, size, stride).map((top) =>
      positions(width, size, stride).map((left): Sum => {
        const terms = filter.flatMap((weights, channel) => {
          const pixels = under(input[channel] ?? [], top - pad, left - pad, size).flat();
          return weights.flat().map((weight, i) => ({ pixel: pixels[i] ?? 0, weight }));
        });
        const own = bias[k] ?? 0;
        const sum = terms.reduce((total, { pixel, weight }) => total + pixel * weight, 0);
        return { terms, bias: own, value: sum / divisor + own };
      }),
    );
  });
}

/** Each output of a POOL, with the pixels that its window holds. */
export function pool({ kind, input, size, stride }: PoolingExample) {
  return positions(input.length, size, stride).map((top) =>
    positions(input[0]?.length ?? 0, size, stride).map((left) => {
      const pixels = under(input, top, left, size).flat();
      const value = kind === 'max' ? Math.max(...pixels) : pixels.reduce((a, b) => a + b, 0) / pixels.length;
      return { pixels, value };
    }),
  );
}
