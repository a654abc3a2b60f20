/** What the merging layers share: the message for inputs that do not go together. */
import { formatVolume, type Shape } from '../shape.ts';
import type { ShapeFault } from './define.ts';

export function mismatch(label: string, needs: string, inputs: readonly Shape[]): ShapeFault {
  const got = inputs.map(formatVolume).join(' and ');
  return { code: 'mismatch', message: `${label} needs ${needs}; got ${got}.` };
}
