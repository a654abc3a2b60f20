import { add } from './add.ts';
import { averagePooling2d } from './average-pooling2d.ts';
import { batchNormalization } from './batch-normalization.ts';
import { block } from './block.ts';
import { concatenate } from './concatenate.ts';
import { conv2d } from './conv2d.ts';
import type { AnyLayerDefinition, LayerDefinition } from './define.ts';
import { dense } from './dense.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { dropout } from './dropout.ts';
import { elu } from './elu.ts';
import { flatten } from './flatten.ts';
import { gaussianNoise } from './gaussian-noise.ts';
import { gelu } from './gelu.ts';
import { globalAveragePooling2d } from './global-average-pooling2d.ts';
import { hardSigmoid } from './hard-sigmoid.ts';
import { hardTanh } from './hard-tanh.ts';
import { inputLayer } from './input.ts';
import { leakyRelu } from './leaky-relu.ts';
import { localResponseNormalization } from './local-response-normalization.ts';
import { maxPooling2d } from './max-pooling2d.ts';
import { multiply } from './multiply.ts';
import { prelu } from './prelu.ts';
import { relu } from './relu.ts';
import { reshape } from './reshape.ts';
import { rrelu } from './rrelu.ts';
import { selu } from './selu.ts';
import { separableConv2d } from './separable-conv2d.ts';
import { sigmoid } from './sigmoid.ts';
import { softmax } from './softmax.ts';
import { softplus } from './softplus.ts';
import { softsign } from './softsign.ts';
import { tanh } from './tanh.ts';
import { upSampling2d } from './up-sampling2d.ts';
import { zeroPadding2d } from './zero-padding2d.ts';

/** Every layer kind, in palette order. A new kind is its file and a line here. */
export const LAYERS = [
  inputLayer,
  conv2d,
  depthwiseConv2d,
  separableConv2d,
  zeroPadding2d,
  maxPooling2d,
  averagePooling2d,
  globalAveragePooling2d,
  upSampling2d,
  dense,
  flatten,
  reshape,
  relu,
  leakyRelu,
  prelu,
  rrelu,
  elu,
  selu,
  gelu,
  softplus,
  sigmoid,
  hardSigmoid,
  tanh,
  hardTanh,
  softsign,
  softmax,
  dropout,
  gaussianNoise,
  batchNormalization,
  localResponseNormalization,
  add,
  multiply,
  concatenate,
] as const satisfies readonly AnyLayerDefinition[];

export type LayerKind = (typeof LAYERS)[number]['kind'];

const BY_KIND: ReadonlyMap<string, LayerDefinition> = new Map(
  // The fields' type is forgotten here, once: fields reach a definition only through its own schema.
  [...LAYERS, block].map((definition) => [definition.kind, definition as unknown as LayerDefinition]),
);

/** The lectures' word for a kind, or the kind itself where this version does not know it. */
export function kindLabel(kind: string): string {
  return layerDefinition(kind)?.label ?? kind;
}

/** What a layer is called where kinds matter: "CONV conv1". */
export function layerLabel({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kindLabel(kind)} ${name}`;
}

/** The definition of a kind, or undefined for one this version does not know. */
export function layerDefinition(kind: string): LayerDefinition | undefined {
  return BY_KIND.get(kind);
}
