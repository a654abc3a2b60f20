/** Where a number comes from: the lecture's formula, the same with its values, what comes out. */
export interface Step {
  /** In the lectures' letters: "W₂ = (W₁ − F + 2P)/S + 1". */
  readonly formula: string;
  /** "(28 − 5 + 2·2)/1 + 1"; '' where there is nothing to put in. */
  readonly values: string;
  /** "28" */
  readonly result: string;
}

export interface Working {
  /** "Params of conv1". */
  readonly title: string;
  readonly steps: readonly Step[];
  /** How it is counted, and what else is worth a sentence. */
  readonly remarks: readonly string[];
  /** Where a slide says something else, and why it is wrong. */
  readonly slides: readonly string[];
}

/** Numbers of a layer whose working can be shown. */
export const QUANTITIES = ['output', 'params', 'macs', 'activations', 'memory', 'receptiveField'] as const;
export type Quantity = (typeof QUANTITIES)[number];

export const QUANTITY_NAMES: { readonly [Q in Quantity]: string } = {
  output: 'Volume',
  params: 'Params',
  macs: 'MACs',
  activations: 'Activations',
  memory: 'Memory',
  receptiveField: 'Receptive field',
};

/** Numbers that add up over layers. */
export const TOTALS = ['params', 'macs', 'activations', 'memory'] as const;
export type Total = (typeof TOTALS)[number];
