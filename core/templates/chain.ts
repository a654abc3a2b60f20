import type { LayerDefinition } from '../layers/define.ts';
import type { LAYERS, LayerKind } from '../layers/index.ts';
import { applyEdit, nextId } from '../network/edits.ts';
import { EMPTY_NETWORK, type LayerId, type Network } from '../network/network.ts';
import type { Design } from '../project/design.ts';
import { DEFAULT_TRAINING, type TrainingSettings } from '../training/settings.ts';

/** The fields of one kind, as its file declares them. */
type FieldsOfKind<K extends LayerKind> =
  Extract<(typeof LAYERS)[number], { readonly kind: K }> extends LayerDefinition<K, infer F> ? F : never;

/** Draws a network layer by layer: each goes behind the last one, or behind those named. */
export class Chain {
  #network: Network = EMPTY_NETWORK;
  #last: LayerId | undefined;

  add<K extends LayerKind>(kind: K, fields: Partial<FieldsOfKind<K>> = {}, after?: readonly LayerId[]): LayerId {
    const id = nextId(this.#network, kind);
    const feeding = after ?? (this.#last === undefined ? [] : [this.#last]);
    this.#network = applyEdit(this.#network, { type: 'add', kind, id, after: feeding });
    this.#network = applyEdit(this.#network, { type: 'set-fields', layer: id, fields: fields as never });
    this.#last = id;
    return id;
  }

  design(name: string, training: Partial<TrainingSettings> = {}, classLabels: readonly string[] = []): Design {
    return { name, network: this.#network, training: { ...DEFAULT_TRAINING, ...training }, classLabels };
  }
}

export const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));
export const CIFAR10_CLASSES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;
/** Mean and standard deviation of ImageNet's pixels, 0–255: red, green, blue. */
export const IMAGENET_PIXELS = { mean: [123.675, 116.28, 103.53], scale: [58.395, 57.12, 57.375] } as const;
/** Mean and standard deviation of CIFAR-10's training pixels, 0–255. */
export const CIFAR10_PIXELS = { mean: [125.3, 123, 113.9], scale: [63, 62.1, 66.7] } as const;
