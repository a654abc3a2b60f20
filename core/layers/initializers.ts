import type { InitializerSpec } from './define.ts';
import { choice, real } from './fields.ts';

/** The fields with which a layer's weights get their first values. Biases start at zero. */
export const initializerFields = {
  initializer: choice({
    label: 'First weights',
    help: 'How the weights are drawn before training: He suits ReLU, Glorot suits tanh and sigmoid.',
    default: 'he',
    choices: {
      he: 'He: Gaussian, std √(2 / fan-in)',
      glorot: 'Glorot (Xavier): uniform, ±√(6 / (fan-in + fan-out))',
      gaussian: 'Gaussian with the std below',
      uniform: 'Uniform, ± the limit below',
      orthogonal: 'Orthogonal: filters at right angles, times the gain below',
      constant: 'Constant: the value below',
      zeros: 'Zeros (learns nothing behind ReLU)',
    },
  }),
  initializerStd: real({
    label: 'Gaussian std',
    help: 'Standard deviation for "Gaussian"; the lectures use 0.01.',
    default: 0.01,
    min: 0,
    max: 10,
  }),
  initializerLimit: real({
    label: 'Uniform limit',
    help: 'For "Uniform": weights lie between minus this and this.',
    default: 0.05,
    min: 0,
    max: 10,
    added: true,
  }),
  initializerGain: real({
    label: 'Orthogonal gain',
    help: 'For "Orthogonal": the length of every filter; √2 suits ReLU (Saxe et al. 2014).',
    default: 1,
    min: 0,
    max: 10,
    added: true,
  }),
  initializerValue: real({
    label: 'Constant value',
    help: 'For "Constant": what every weight begins with.',
    default: 0,
    min: -10,
    max: 10,
    added: true,
  }),
};

type Initializer = keyof (typeof initializerFields)['initializer']['choices'];

/** Which of an initializer's numbers a choice reads; the others need not be shown. */
export const INITIALIZER_NUMBERS: { readonly [I in Initializer]?: keyof typeof initializerFields } = {
  gaussian: 'initializerStd',
  uniform: 'initializerLimit',
  orthogonal: 'initializerGain',
  constant: 'initializerValue',
};

export function initializerSpec(
  fields: {
    readonly initializer: Initializer;
    readonly initializerStd: number;
    readonly initializerLimit: number;
    readonly initializerGain: number;
    readonly initializerValue: number;
  },
  fanIn: number,
  fanOut: number,
): InitializerSpec {
  const { initializer } = fields;
  switch (initializer) {
    case 'he':
    case 'glorot':
      return { type: initializer, fanIn, fanOut };
    case 'gaussian':
      return { type: 'gaussian', std: fields.initializerStd };
    case 'uniform':
      return { type: 'uniform', limit: fields.initializerLimit };
    case 'orthogonal':
      return { type: 'orthogonal', gain: fields.initializerGain };
    case 'constant':
      return { type: 'constant', value: fields.initializerValue };
    case 'zeros':
      return ZEROS;
    default:
      return initializer satisfies never;
  }
}

export const ZEROS: InitializerSpec = { type: 'constant', value: 0 };
export const ONES: InitializerSpec = { type: 'constant', value: 1 };
