import { modelFault } from '#core/onnx/bounds.ts';
import { MAX_MODEL_FILE, readFileUpTo } from '#disk/regular-file.ts';
import { batchSizes } from '../datasets/batches.ts';
import { DataSetError, type ImageSet, type Range, splitOf } from '../datasets/image-set.ts';
import { InferenceSession, Tensor } from './onnx-runtime.ts';

const BATCH = 250;

/** A model file that cannot be evaluated on a data set. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/** Runs an ONNX file over held-back pictures (or those asked for): mean loss, share of hits, speed. */
export async function evaluateModel(path: string, set: ImageSet, asked: Range | undefined) {
  const range = asked ?? splitOf(set).validate;
  if (range.begin >= range.end || range.end > set.count) {
    throw new DataSetError(
      `The range ${range.begin}:${range.end} is empty or lies outside ${set.name}, which holds ${set.count} images.`,
    );
  }
  const session = await open(path);
  try {
    checkInput(session, set);
    const each = set.shape[0] * set.shape[1] * set.shape[2];
    const [count, input, output] = [range.end - range.begin, session.inputNames[0], session.outputNames[0]];
    let [loss, correct, at] = [0, 0, range.begin];
    const begin = performance.now();
    for (const size of batchSizes(count, BATCH)) {
      const pixels = Float32Array.from(set.pixels.subarray(at * each, (at + size) * each));
      const results = await session.run({ [input as string]: new Tensor('float32', pixels, [size, ...set.shape]) });
      const scores = results[output as string]?.data as Float32Array;
      const classes = scores.length / size;
      if (classes < set.classNames.length) {
        throw new ModelError(`The model tells ${classes} classes apart; ${set.name} has ${set.classNames.length}.`);
      }
      for (let i = 0; i < size; i++) {
        const row = scores.subarray(i * classes, (i + 1) * classes);
        const label = set.labels[at + i] as number;
        loss += crossEntropy(row, label);
        if (row.indexOf(Math.max(...row)) === label) correct += 1;
      }
      at += size;
    }
    const seconds = (performance.now() - begin) / 1000;
    return { loss: loss / count, accuracy: correct / count, count, imagesPerSecond: count / seconds };
  } finally {
    await session.release();
  }
}

async function open(path: string): Promise<InferenceSession> {
  try {
    const bytes = await readFileUpTo(path, MAX_MODEL_FILE);
    const fault = modelFault(bytes);
    if (fault !== undefined) throw new Error(fault);
    return await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new ModelError(`${path} cannot be opened as an ONNX model: ${reason}`, { cause });
  }
}

function checkInput(session: InferenceSession, set: ImageSet): void {
  const [input] = session.inputMetadata;
  if (session.inputNames.length !== 1 || input === undefined || !input.isTensor || input.type !== 'float32') {
    throw new ModelError('The model needs one input of float32 pixels [N, C, H, W], as ConvCanvas exports it.');
  }
  const wanted = input.shape.slice(1);
  if (wanted.length !== 3 || wanted.some((dim, i) => typeof dim === 'number' && dim !== set.shape[i])) {
    throw new ModelError(
      `The model takes pictures of [${wanted.join(', ')}]; those of ${set.name} are [${set.shape.join(', ')}].`,
    );
  }
}

/** −log p(label); the row holds probabilities where it adds up to 1, scores otherwise. */
function crossEntropy(row: Float32Array, label: number): number {
  const sum = row.reduce((total, value) => total + value, 0);
  const areProbabilities = Math.abs(sum - 1) < 1e-3 && row.every((value) => value >= 0);
  if (areProbabilities) return -Math.log(Math.max(row[label] as number, 1e-38));
  const most = Math.max(...row);
  const total = row.reduce((all, value) => all + Math.exp(value - most), 0);
  return Math.log(total) + most - (row[label] as number);
}
