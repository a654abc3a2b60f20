import type { FieldSpecs } from '../layers/fields.ts';
import { layerDefinition } from '../layers/index.ts';
import type { Layer } from './network.ts';

/**
 * Fields that several layers have in common. They are shared where they are declared once: CONV and SEPARABLE CONV have
 * one padding, CONV and POOL do not.
 */
export function sharedFields(layers: readonly Layer[]): FieldSpecs {
  const [first, ...rest] = layers;
  const of = (layer: Layer | undefined): FieldSpecs => layerDefinition(layer?.kind ?? '')?.fields ?? {};
  const others = rest.map(of);
  return Object.fromEntries(
    Object.entries(of(first)).filter(([name, spec]) => others.every((specs) => specs[name] === spec)),
  );
}
