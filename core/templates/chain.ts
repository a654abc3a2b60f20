import { BLOCK } from '../layers/block.ts';
import type { LayerDefinition } from '../layers/define.ts';
import type { LAYERS, LayerKind } from '../layers/index.ts';
import { readGroup } from '../network/blocks.ts';
import { applyEdit, nextId } from '../network/edits.ts';
import { type Block, EMPTY_NETWORK, type LayerId, type Network } from '../network/network.ts';
import type { Design } from '../project/design.ts';
import { DEFAULT_TRAINING, type TrainingSettings } from '../training/settings.ts';

/** The fields of one kind, as its file declares them. */
type FieldsOfKind<K extends LayerKind> =
  Extract<(typeof LAYERS)[number], { readonly kind: K }> extends LayerDefinition<K, infer F> ? F : never;

/** Draws a block's layers behind `input`, which stands for whatever feeds it; the last one drawn is its output. */
export type DrawBlock = (inside: Chain, input: LayerId) => void;

/** Draws a network layer by layer: each goes behind the last one, or behind those named. */
export class Chain {
  #network: Network = EMPTY_NETWORK;
  #last: LayerId | undefined;

  add<K extends LayerKind>(kind: K, fields: Partial<FieldsOfKind<K>> = {}, after?: readonly LayerId[]): LayerId {
    const id = nextId(this.#network, kind);
    this.#network = applyEdit(this.#network, { type: 'add', kind, id, after: after ?? this.#behind() });
    this.#network = applyEdit(this.#network, { type: 'set-fields', layer: id, fields: fields as never });
    this.#last = id;
    return id;
  }

  /** Places a block. Its layers are drawn the first time that its name is used. */
  block(name: string, draw: DrawBlock): LayerId {
    if (this.#network.blocks?.has(name) !== true) {
      const blocks = new Map(this.#network.blocks).set(name, drawBlock(draw));
      this.#network = { ...this.#network, blocks };
    }
    const id = nextId(this.#network, BLOCK);
    const after = this.#behind();
    this.#network = applyEdit(this.#network, { type: 'add', kind: BLOCK, id, after, fields: { block: name } });
    this.#last = id;
    return id;
  }

  /** What was drawn so far. */
  get network(): Network {
    return this.#network;
  }

  design(name: string, training: Partial<TrainingSettings> = {}, classLabels: readonly string[] = []): Design {
    return { name, network: this.#network, training: { ...DEFAULT_TRAINING, ...training }, classLabels };
  }

  #behind(): readonly LayerId[] {
    return this.#last === undefined ? [] : [this.#last];
  }
}

/** Draws the layers behind an INPUT, which is what feeds a block, and takes the others. Throws if they are no block. */
function drawBlock(draw: DrawBlock): Block {
  const inside = new Chain();
  const input = inside.add('Input');
  draw(inside, input);
  const group = readGroup(inside.network, new Set([...inside.network.layers.keys()].filter((id) => id !== input)));
  if (typeof group === 'string') throw new Error(group);
  return group.block;
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
/** What Krizhevsky et al. (2012) normalise with, and others after them. */
export const KRIZHEVSKY_LRN = { size: 5, alpha: 1e-4, beta: 0.75, bias: 2 } as const;
