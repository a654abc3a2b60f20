import type { WindowFit } from '../fit.ts';
import type { WeightSpec } from '../layers/define.ts';
import type { Shape } from '../shape.ts';
import type { Costs, Totals } from './costs.ts';
import type { Layer, LayerId } from './network.ts';
import type { Problem } from './problems.ts';
import type { ReceptiveField } from './receptive-field.ts';

/** All that can be said of one layer in its place. */
export interface LayerReport {
  readonly layer: Layer;
  readonly inputShapes: readonly (Shape | undefined)[];
  /** Its output, where it can be computed. A layer may have both a shape and a problem. */
  readonly shape: Shape | undefined;
  readonly problems: readonly Problem[];
  /** Where nothing is wrong with it but a layer before it has no shape: that layer. */
  readonly waitsFor: LayerId | undefined;
  /** How its window fits the input. */
  readonly fit: WindowFit | undefined;
  readonly tensors: readonly WeightSpec[];
  readonly costs: Costs;
  readonly receptiveField: ReceptiveField | undefined;
}

export interface NetworkReport {
  /** Every layer, those in blocks too (`<block>/<layer>`); and for each block one that stands for all of it. */
  readonly layers: ReadonlyMap<LayerId, LayerReport>;
  /** Layers in an order in which they can run, blocks expanded; those on or behind a cycle come last. */
  readonly order: readonly LayerId[];
  readonly problems: readonly Problem[];
  /** Sums over all layers whose shape is known. */
  readonly totals: Totals;
  /** The one INPUT and the one output, where there is just one of each. */
  readonly input: LayerId | undefined;
  readonly output: LayerId | undefined;
}
