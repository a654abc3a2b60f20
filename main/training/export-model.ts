import { stat } from 'node:fs/promises';
import type { ExportReceipt } from '#contract/schemas.ts';
import { exportOnnx } from '#core/export/onnx.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { randomStream } from '#core/random.ts';
import type { LossKind } from '#core/training/losses/index.ts';
import { writeFileAtomic } from '#disk/write-file.ts';
import type { Batch } from '../datasets/batches.ts';
import type { ImageSet } from '../datasets/image-set.ts';
import { backend } from './backend.ts';
import type { CompiledDesign } from './compiled-design.ts';
import type { ModelWeights } from './model-weights.ts';
import { InferenceSession, Tensor } from './onnx-runtime.ts';
import type { NamedValues } from './states.ts';
import { Trainer } from './trainer.ts';

/** Pictures that the exported file is checked with. */
const CHECKED = 8;

/** Class names for a file: the design's own, else those of the data set where it has as many. */
function labelsFor({ design, report }: CompiledDesign, set: ImageSet | undefined): readonly string[] {
  if (design.classLabels.length > 0) return design.classLabels;
  const classes = elementCount(report.layers.get(report.output ?? '')?.shape ?? []);
  return set !== undefined && set.classNames.length === classes ? set.classNames : [];
}

/** Writes a design with these weights as an ONNX file, whole or not at all. */
export async function writeModel(
  path: string,
  compiled: CompiledDesign,
  values: NamedValues,
  set: ImageSet | undefined,
  loss: LossKind = compiled.design.training.loss,
): Promise<void> {
  const { design, report, text } = compiled;
  const bytes = exportOnnx({
    name: design.name,
    network: design.network,
    report,
    tensors: values,
    classLabels: labelsFor(compiled, set),
    design: text,
    loss,
    producerVersion: __VERSION__,
  });
  await writeFileAtomic(path, bytes);
}

/** Writes a model, then runs the file in ONNX Runtime and compares its output with the app's own. */
export async function exportModel(
  path: string,
  compiled: CompiledDesign,
  { values, initialLayers, loss, ...weights }: ModelWeights,
  set: ImageSet | undefined,
): Promise<ExportReceipt> {
  await writeModel(path, compiled, values, set, loss);
  const { size } = await stat(path);
  const batch = checkBatch(compiled, set);
  const maxDifference = await largestDifference(path, compiled, values, batch);
  return { path, bytes: size, ...weights, initialLayers: [...initialLayers], maxDifference, images: batch.size };
}

/** Pictures to check with: held-back ones where the data set has this size, random ones otherwise. */
function checkBatch({ report }: CompiledDesign, set: ImageSet | undefined): Batch {
  const shape = report.layers.get(report.input ?? '')?.shape ?? [];
  const each = elementCount(shape);
  const classes = elementCount(report.layers.get(report.output ?? '')?.shape ?? []);
  const target = new Float32Array(CHECKED * classes);
  if (set !== undefined && set.shape.join() === shape.join() && set.count >= CHECKED) {
    const last = set.pixels.subarray((set.count - CHECKED) * each);
    return { size: CHECKED, pixels: last.slice(), target };
  }
  const random = randomStream(1, 'export check');
  return { size: CHECKED, pixels: Uint8Array.from({ length: CHECKED * each }, () => random.below(256)), target };
}

/** The largest difference between the file's output and the app's, over a batch. */
async function largestDifference(
  path: string,
  { design, report }: CompiledDesign,
  values: NamedValues,
  batch: Batch,
): Promise<number> {
  const shape = report.layers.get(report.input ?? '')?.shape ?? [];
  const session = await InferenceSession.create(path, { logSeverityLevel: 3 });
  const trainer = new Trainer(design.network, report, values, backend('cpu'));
  try {
    const pixels = new Tensor('float32', Float32Array.from(batch.pixels), [batch.size, ...shape]);
    const results = await session.run({ [session.inputNames[0] as string]: pixels });
    const found = results[session.outputNames[0] as string]?.data as Float32Array;
    const { output } = await trainer.activations(batch, []);
    let largest = 0;
    for (let i = 0; i < output.length; i++) {
      const difference = Math.abs((output[i] as number) - (found[i] as number));
      if (!(difference <= largest)) largest = difference;
    }
    return largest;
  } finally {
    await session.release();
    await trainer.dispose();
  }
}
