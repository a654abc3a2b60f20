import type { OutputOf } from '#contract/define.ts';
import type { EngineContract } from '#contract/engine.ts';
import { lossFromMetadata } from '#core/export/onnx.ts';
import { modelFault } from '#core/onnx/bounds.ts';
import { type ScoredModel, withLogits } from '#core/onnx/logits.ts';
import { compileLoss, JUDGED } from '#core/training/loss-program.ts';
import { type LossKind, lossDefinition } from '#core/training/losses/index.ts';
import { STEP } from '#core/training/program.ts';
import { MAX_MODEL_FILE, readFileUpTo } from '#disk/regular-file.ts';
import { batchSizes } from '../datasets/batches.ts';
import { DataSetError, type ImageSet, type Range, splitOf } from '../datasets/image-set.ts';
import { createSession } from './backends/runtime.ts';
import { InferenceSession, type NamedTensors, Tensor } from './onnx-runtime.ts';
import { scalarOf } from './tensors.ts';

const BATCH = 250;

/** A model file that cannot be evaluated on a data set. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/**
 * Runs an ONNX file over held-back images (or those asked for): mean loss, share of hits, speed. The loss is the one that
 * the file was trained with, as training reports it; where the file names none, one is assumed from how the model ends.
 */
export async function evaluateModel(
  path: string,
  set: ImageSet,
  asked: Range | undefined,
): Promise<OutputOf<EngineContract, 'model.evaluate'>> {
  const range = asked ?? splitOf(set).validate;
  if (range.begin >= range.end || range.end > set.count) {
    throw new DataSetError(
      `The range ${range.begin}:${range.end} is empty or lies outside ${set.name}, which holds ${set.count} images.`,
    );
  }
  const { session, model } = await open(path);
  const judge = new Judge(model);
  try {
    checkInput(session, set);
    const each = set.shape[0] * set.shape[1] * set.shape[2];
    const [count, input] = [range.end - range.begin, session.inputNames[0] as string];
    let [loss, correct, at] = [0, 0, range.begin];
    const begin = performance.now();
    for (const size of batchSizes(count, BATCH)) {
      const pixels = Float32Array.from(set.pixels.subarray(at * each, (at + size) * each));
      const results = await session.run({ [input]: new Tensor('float32', pixels, [size, ...set.shape]) });
      const found = await judge.judge(results, set, at, size);
      loss += found.loss * size;
      correct += found.correct;
      at += size;
    }
    const seconds = (performance.now() - begin) / 1000;
    const { kind, from } = judge;
    const mean = loss / count;
    return {
      loss: Number.isFinite(mean) ? mean : null,
      lossKind: kind,
      lossFrom: from,
      accuracy: correct / count,
      count,
      imagesPerSecond: count / seconds,
    };
  } finally {
    await judge.release();
    await session.release();
  }
}

/** Says how far a model's outputs are from the classes. */
class Judge {
  readonly kind: LossKind;
  readonly from: 'file' | 'assumed';
  readonly #model: ScoredModel;
  readonly #sessions = new Map<number, InferenceSession>();

  constructor(model: ScoredModel) {
    const named = lossFromMetadata(model.metadata);
    this.from = named === undefined ? 'assumed' : 'file';
    this.kind = named ?? (model.activation === 'Sigmoid' ? 'binaryCrossEntropy' : 'crossEntropy');
    this.#model = model;
  }

  /** Mean loss and hits of some images' outputs. */
  async judge(results: NamedTensors, set: ImageSet, first: number, size: number) {
    const { activation, output, logits } = this.#model;
    const scoresFrom = activation === 'Softmax' ? logits : output;
    const read = { output, scores: scoresFrom, logits };
    const values = rows(results, read[lossDefinition(this.kind).reads], size);
    const scores = rows(results, scoresFrom, size);
    const classes = scores.length / size;
    if (classes < set.classNames.length) {
      throw new ModelError(`The model tells ${classes} classes apart; ${set.name} has ${set.classNames.length}.`);
    }
    const target = new Float32Array(size * classes);
    for (let i = 0; i < size; i++) target[i * classes + (set.labels[first + i] as number)] = 1;
    const dims = [size, classes];
    const session = await this.#session(size, classes);
    const judged = await session.run({
      [JUDGED.values]: new Tensor('float32', values, dims),
      [JUDGED.scores]: new Tensor('float32', scores, dims),
      [STEP.target]: new Tensor('float32', target, dims),
    });
    // Where a file says nothing, and what a Softmax may be applied to is out of sight, the output tells what it is.
    const guesses = this.from === 'assumed' && activation === undefined && areProbabilities(values, classes);
    const loss = guesses ? meanLogarithm(values, target, size) : scalarOf(judged[STEP.loss]);
    return { loss, correct: scalarOf(judged[STEP.correct]) };
  }

  async #session(size: number, classes: number): Promise<InferenceSession> {
    const known = this.#sessions.get(size);
    if (known !== undefined) return known;
    const made = await createSession(compileLoss(this.kind, size, classes), { intraOpNumThreads: 1 });
    this.#sessions.set(size, made);
    return made;
  }

  async release(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.release()));
  }
}

function rows(results: NamedTensors, name: string, size: number): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array) || data.length % size !== 0) {
    throw new ModelError('The model needs one output of float32 numbers for each image, one a class.');
  }
  return data;
}

/** Whether every row holds no number below 0 and adds up to 1. */
function areProbabilities(values: Float32Array, classes: number): boolean {
  for (let at = 0; at < values.length; at += classes) {
    const row = values.subarray(at, at + classes);
    const sum = row.reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1) > 1e-3 || row.some((value) => value < 0)) return false;
  }
  return true;
}

/** The mean of −log p over the images' classes; infinite where a p is 0. */
function meanLogarithm(probabilities: Float32Array, target: Float32Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < target.length; i++) if (target[i] === 1) sum -= Math.log(probabilities[i] as number);
  return sum / size;
}

/** A session of a model with its logits, where they can be had. */
async function open(path: string): Promise<{ readonly session: InferenceSession; readonly model: ScoredModel }> {
  try {
    const bytes = await readFileUpTo(path, MAX_MODEL_FILE);
    const fault = modelFault(bytes);
    if (fault !== undefined) throw new Error(fault);
    const model = withLogits(bytes);
    const session = await InferenceSession.create(model?.file ?? bytes, { logSeverityLevel: 3 });
    const [output = ''] = session.outputNames;
    const plain = { file: undefined, output, activation: undefined, logits: output, metadata: new Map() } as const;
    return { session, model: model ?? plain };
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
