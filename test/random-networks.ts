/** Networks of all kinds, with branches and with whatever values their fields take, drawn from a seed. */
import type { FieldSpec, Fields, FieldValue } from '#core/layers/fields.ts';
import { LAYERS, type LayerKind, layerDefinition } from '#core/layers/index.ts';
import { applyEdit, nextId } from '#core/network/edits.ts';
import { EMPTY_NETWORK, type LayerId, type Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { type Random, randomStream } from '#core/random.ts';
import { isVolume } from '#core/shape.ts';

export interface Drawing {
  /** Layers tried after the INPUT, before all ends come together. */
  readonly layers: number;
  /** Numbers in the output. */
  readonly classes: number;
  /** INPUT's fields; drawn where left out. */
  readonly input?: Fields;
  /** Kinds to choose from; more of one where it is named more than once. */
  readonly kinds?: readonly LayerKind[];
  /** Numbers in one volume at most. */
  readonly largest?: number;
}

const MERGES: ReadonlySet<LayerKind> = new Set(['Add', 'Multiply', 'Concatenate']);
/** Kinds that stand anywhere. Those that make a vector come at the end. */
export const BODY_KINDS: readonly LayerKind[] = LAYERS.map(({ kind }) => kind).filter(
  (kind) => !MERGES.has(kind) && !['Input', 'Flatten', 'Dense', 'Softmax', 'GlobalAveragePooling2D'].includes(kind),
);

function pick<T>(random: Random, all: readonly T[]): T {
  return all[random.below(all.length)] as T;
}

/** A value that a field may have, mostly small. */
function drawField(random: Random, name: string, spec: FieldSpec): FieldValue {
  const side = (least: number, most: number) =>
    Math.max(
      least,
      pick(
        random,
        [1, 1, 2, 2, 3, 3, 4, 5].filter((n) => n <= most),
      ),
    );
  const size = (least: number, most: number) =>
    random.uniform() < 0.6 ? side(least, most) : ([side(least, most), side(least, most)] as const);
  switch (spec.type) {
    case 'integer':
      return name === 'size'
        ? pick(random, [1, 3, 5])
        : pick(
            random,
            [1, 2, 3, 4, 6, 8].filter((n) => n >= spec.min && n <= spec.max),
          );
    case 'real':
      return spec.default;
    case 'flag':
      return name === 'trainable' ? true : random.uniform() < 0.5;
    case 'size':
      if (name === 'strides') return pick(random, [1, 1, 1, 2, 2, 3, 5, [1, 2], [3, 1]] as const);
      if (name === 'dilation') return pick(random, [1, 1, 1, 2, 3, [1, 2]] as const);
      return name === 'padding' ? pick(random, [1, 2, 3, 5, [1, 2], [4, 1]] as const) : size(spec.min, spec.max);
    case 'padding':
      return pick(random, [0, 0, 1, 1, 2, 3, [0, 1], [2, 1], 'same'] as const);
    default:
      return spec.default;
  }
}

function drawFields(random: Random, kind: LayerKind, shape: readonly number[]): Fields {
  const specs = Object.entries(layerDefinition(kind)?.fields ?? {});
  const fields = Object.fromEntries(specs.map(([name, spec]) => [name, drawField(random, name, spec)]));
  if (kind === 'Reshape' && isVolume(shape)) {
    const [channels, height, width] = pick(random, [
      shape,
      [shape[0], shape[2], shape[1]],
      [shape[1], shape[0], shape[2]],
    ] as const);
    return { channels, height, width };
  }
  if ('groups' in fields && random.uniform() < 0.6) return { ...fields, groups: 1 };
  return fields;
}

/** Draws a network. A layer that would have a problem is left out again. */
export function randomNetwork(
  seed: number,
  { layers, classes, input, kinds = BODY_KINDS, largest = 400 }: Drawing,
): Network {
  const random = randomStream(seed, 'random network');
  let network = EMPTY_NETWORK;
  const put = (kind: LayerKind, after: readonly LayerId[], fields: Fields, most: number): LayerId | undefined => {
    const id = nextId(network, kind);
    const next = applyEdit(network, { type: 'add', kind, id, after, fields });
    const report = propagate(next).layers.get(id);
    if (report?.problems.length !== 0 || elementCount(report.shape ?? [most + 1]) > most) return undefined;
    network = next;
    return id;
  };
  const shapeOf = (id: LayerId) => propagate(network).layers.get(id)?.shape ?? [];
  const always = (id: LayerId | undefined): LayerId => {
    if (id === undefined) throw new Error(`Network ${seed} could not be drawn`);
    return id;
  };
  const channels = pick(random, [1, 2, 3, 4]);
  const perChannel = (values: readonly number[]) =>
    random.uniform() < 0.5 ? pick(random, values) : Array.from({ length: channels }, () => pick(random, values));
  const drawn = {
    channels,
    height: 4 + random.below(7),
    width: 4 + random.below(7),
    mean: perChannel([0, 100, 127.5]),
    scale: perChannel([60, 255]),
  };
  let last = always(put('Input', [], input ?? drawn, Number.POSITIVE_INFINITY));
  const volumes = [last];
  for (let i = 0; i < layers; i++) {
    const [kind, from] = [pick(random, kinds), pick(random, volumes.slice(-3))];
    const added = put(kind, [from], drawFields(random, kind, shapeOf(from)), largest);
    if (added === undefined) continue;
    last = added;
    volumes.push(last);
    const same = volumes.filter((id) => id !== last && shapeOf(id).join() === shapeOf(last).join());
    if (same.length > 0 && random.uniform() < 0.5) {
      last = put(pick(random, [...MERGES]), [last, pick(random, same)], {}, largest) ?? last;
      volumes.push(last);
    }
  }
  const fed = new Set(network.edges.map(({ from }) => from));
  const ends = [...network.layers.keys()].filter((id) => !fed.has(id));
  const vectors = ends.map((id) =>
    always(put(random.uniform() < 0.5 ? 'Flatten' : 'GlobalAveragePooling2D', [id], {}, Number.POSITIVE_INFINITY)),
  );
  let end =
    vectors.length === 1 ? always(vectors[0]) : always(put('Concatenate', vectors, {}, Number.POSITIVE_INFINITY));
  if (random.uniform() < 0.3) {
    end = always(put('Dense', [end], { units: 5, useBias: random.uniform() < 0.5 }, largest));
    const vector = pick(random, ['BatchNormalization', 'PReLU', 'Dropout', 'ReLU', 'GaussianNoise'] as const);
    end = always(put(vector, [end], {}, largest));
  }
  end = always(put('Dense', [end], { units: classes, useBias: random.uniform() < 0.5 }, largest));
  const activation = pick(random, ['Softmax', 'Softmax', 'Sigmoid', undefined] as const);
  if (activation !== undefined) put(activation, [end], {}, largest);
  return network;
}
