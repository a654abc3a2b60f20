/** The lectures' numbers, recomputed: test/fixtures/lecture-facts.json. */
import { readFileSync } from 'node:fs';

interface Row {
  readonly name: string;
  readonly shape: readonly number[];
  readonly weights: number;
  readonly biases: number;
  readonly macs: number;
  readonly receptiveField: number | null;
}

interface Total {
  readonly weights: number;
  readonly params: number;
  readonly macs: number;
  readonly activations: number;
  readonly activationBytes: number;
}

export interface LectureFacts {
  readonly fit: readonly {
    readonly id: string;
    readonly n: number;
    readonly f: number;
    readonly s: number;
    readonly p: number;
    readonly expect: {
      readonly status: string;
      readonly out?: number;
      readonly formula: number;
      readonly unused?: number;
    };
  }[];
  readonly convolution: readonly {
    readonly id: string;
    readonly input: readonly (readonly (readonly number[])[])[];
    readonly weights: readonly (readonly (readonly (readonly number[])[])[])[];
    readonly bias: readonly number[];
    readonly stride: number;
    readonly pad: number;
    readonly divisor?: number;
    readonly output: readonly (readonly (readonly number[])[])[];
  }[];
  readonly convolution1d: readonly {
    readonly input: readonly number[];
    readonly filter: readonly number[];
    readonly output: readonly number[];
  }[];
  readonly pooling: readonly {
    readonly id: string;
    readonly kind: 'max' | 'average';
    readonly size: number;
    readonly stride: number;
    readonly input: readonly (readonly number[])[];
    readonly output: readonly (readonly number[])[];
  }[];
  readonly layers: readonly {
    readonly id: string;
    readonly input: readonly [number, number, number];
    readonly conv?: {
      readonly filters: number;
      readonly kernel: number;
      readonly stride: number;
      readonly pad: number;
    };
    readonly output: readonly number[];
    readonly weights?: number;
    readonly params?: number;
  }[];
  readonly connectivity: readonly Readonly<Record<string, number>>[];
  readonly networks: Readonly<
    Record<string, { readonly input: readonly number[]; readonly rows: readonly Row[]; readonly total: Total }>
  >;
  readonly vggTotals: Readonly<Record<'A' | 'B' | 'C' | 'D' | 'E', Total>>;
  readonly quiz: readonly {
    readonly design: readonly (readonly [string, number, number])[];
    readonly input: readonly [number, number, number];
    readonly output: readonly number[];
    readonly weights: number;
  }[];
}

export const FACTS: LectureFacts = JSON.parse(
  readFileSync(new URL('./fixtures/lecture-facts.json', import.meta.url), 'utf8'),
);
