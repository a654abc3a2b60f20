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
};

export function initializerSpec(
  fields: { readonly initializer: 'he' | 'glorot' | 'gaussian' | 'zeros'; readonly initializerStd: number },
  fanIn: number,
  fanOut: number,
): InitializerSpec {
  const { initializer, initializerStd } = fields;
  switch (initializer) {
    case 'he':
    case 'glorot':
      return { type: initializer, fanIn, fanOut };
    case 'gaussian':
      return { type: 'gaussian', std: initializerStd };
    case 'zeros':
      return { type: 'constant', value: 0 };
    default:
      return initializer satisfies never;
  }
}

export const ZEROS: InitializerSpec = { type: 'constant', value: 0 };
export const ONES: InitializerSpec = { type: 'constant', value: 1 };
