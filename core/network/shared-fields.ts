import type { FieldSpecs } from '../layers/fields.ts';
import { layerDefinition } from '../layers/index.ts';
import type { Layer } from './network.ts';

/** Fields that several layers have in common, and those of them whose values differ. */
export interface SharedFields {
  readonly specs: FieldSpecs;
  readonly mixed: ReadonlySet<string>;
}

/** Fields are shared where they are declared once: CONV and SEPARABLE CONV have one padding, CONV and POOL do not. */
export function sharedFields(layers: readonly Layer[]): SharedFields {
  const [first, ...rest] = layers;
  const of = (layer: Layer | undefined): FieldSpecs => layerDefinition(layer?.kind ?? '')?.fields ?? {};
  const others = rest.map(of);
  const shared = Object.entries(of(first)).filter(([name, spec]) => others.every((specs) => specs[name] === spec));
  const value = (layer: Layer | undefined, name: string) => JSON.stringify(layer?.fields[name]);
  const mixed = shared.filter(([name]) => rest.some((layer) => value(layer, name) !== value(first, name)));
  return { specs: Object.fromEntries(shared), mixed: new Set(mixed.map(([name]) => name)) };
}
