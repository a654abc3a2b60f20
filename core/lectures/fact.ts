import type { Step } from '../working/working.ts';
import type { ConvolutionExample, PoolingExample } from './slide-window.ts';

interface Described {
  readonly id: string;
  readonly title: string;
  /** Number of the lecture; '' where the number follows from others of it. */
  readonly lecture: string;
  /** What a slide says otherwise, and why that is wrong. */
  readonly slides: readonly string[];
}

/** Something the lectures state, as it is shown: computed by this program, with its working. */
export type Fact = Described &
  (
    | { readonly type: 'working'; readonly steps: readonly Step[]; readonly remarks: readonly string[] }
    | { readonly type: 'convolution'; readonly example: ConvolutionExample }
    | { readonly type: 'pooling'; readonly example: PoolingExample }
    /** A template, all of its rows and sums. */
    | { readonly type: 'network'; readonly template: string }
  );
