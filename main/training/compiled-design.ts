import { totalmem } from 'node:os';
import { formatBytes } from '#core/format.ts';
import { layerDefinition } from '#core/layers/index.ts';
import { LEARNING } from '#core/layers/learning.ts';
import { expand } from '#core/network/expand.ts';
import { type LayerReport, type NetworkReport, propagate } from '#core/network/propagate.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import type { Design } from '#core/project/design.ts';
import { parseDesign } from '#core/project/design-file.ts';
import { elements, formatVolume } from '#core/shape.ts';
import { NotTrainableError, namedTensors } from '#core/training/emit.ts';
import { initialTensor } from '#core/training/initialize.ts';
import { DataSetError, type ImageSet } from '../datasets/image-set.ts';
import type { NamedValues } from './states.ts';

/** A design that has been read and found free of problems. */
export interface CompiledDesign {
  readonly text: string;
  readonly design: Design;
  readonly report: NetworkReport;
}

/** Reads a design's text. Throws where it cannot be trained, with the first problem. */
export function readDesign(text: string): CompiledDesign {
  const design = parseDesign(text);
  const report = propagate(design.network);
  const [problem] = report.problems;
  if (problem !== undefined) {
    throw new NotTrainableError(`The network cannot be trained yet. ${problem.message}`);
  }
  return { text, design, report };
}

/** The network's tensors before training; the same seed gives the same numbers everywhere. */
export function initialValues({ report, design }: CompiledDesign): NamedValues {
  const bytes = 4 * namedTensors(report).reduce((sum, { spec }) => sum + elementCount(spec.dims), 0);
  // Memory that is not there is noticed by the system only when it is written, and then the process ends.
  if (bytes > totalmem()) {
    throw new NotTrainableError(
      `The network's weights take ${formatBytes(bytes)}; this computer has ${formatBytes(totalmem())} of memory. Make its layers smaller.`,
    );
  }
  const { seed } = design.training;
  return new Map(namedTensors(report).map(({ name, spec }) => [name, initialTensor(name, spec, seed)]));
}

/** What decides whether weights of one design fit another: its layers, connections and their settings. */
export function structureOf({ design, report }: CompiledDesign): string {
  const { edges } = expand(design.network);
  const layers = report.order.map((id) => {
    const { kind, name, fields } = (report.layers.get(id) as LayerReport).layer;
    const specs = layerDefinition(kind)?.fields ?? {};
    // How a layer learns is no part of what it computes.
    const own = Object.entries(fields).filter(([field]) => specs[field]?.section !== LEARNING);
    return [id, kind, name, own];
  });
  return JSON.stringify([layers, edges]);
}

/** Throws where a network and a data set do not go together: another picture size, too few outputs. */
export function checkFit({ report }: CompiledDesign, set: ImageSet): { readonly classes: number } {
  const input = report.layers.get(report.input ?? '')?.shape ?? [];
  if (input.join() !== set.shape.join()) {
    throw new DataSetError(
      `The pictures of ${set.name} are ${formatVolume(set.shape)}, the network's INPUT takes ${formatVolume(input)}. Set INPUT to ${formatVolume(set.shape)}, or choose another data set.`,
    );
  }
  const output = report.layers.get(report.output ?? '');
  const classes = elements(output?.shape ?? []);
  if (classes < set.classNames.length) {
    const shape = formatVolume(output?.shape ?? []);
    throw new DataSetError(
      `${set.name} has ${set.classNames.length} classes; the network ends with ${shape} = ${classes} outputs (${output?.layer.name}). Give its last FC ${set.classNames.length} units.`,
    );
  }
  return { classes };
}
