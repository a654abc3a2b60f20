import type { InputOf, OutputOf } from '#contract/define.ts';
import { CallError } from '#contract/define.ts';
import type { DataSource, EngineContract, EngineWatch, TrainedWeights } from '#contract/engine.ts';
import type { DeviceChoice, DeviceId, RunId, SamplesRequest } from '#contract/schemas.ts';
import type { Handlers, Server } from '#contract/serve.ts';
import { matchTensors } from '#core/export/onnx.ts';
import { readModel } from '#core/onnx/decode.ts';
import { type FileSystem, nodeFileSystem } from '#disk/file-system.ts';
import { MAX_MODEL_FILE, readFileUpTo } from '#disk/regular-file.ts';
import { isAugmented } from '../datasets/augment/index.ts';
import { Batcher } from '../datasets/batches.ts';
import type { ImageDecoder } from '../datasets/image-decoder.ts';
import { countClasses, DataSetError, splitOf } from '../datasets/image-set.ts';
import { DataSets } from '../datasets/source.ts';
import { readTensors } from '../files/safetensors.ts';
import { dataHash, fingerprint } from '../runs/fingerprint.ts';
import { rewindMetrics } from '../runs/read-history.ts';
import { type Checkpoint, RunFolder, type RunInfo } from '../runs/run-folder.ts';
import { chooseDevice } from './choose-device.ts';
import { type CompiledDesign, checkTrainable, initialValues, readDesign } from './compiled-design.ts';
import { tryDevice } from './device-trial.ts';
import { candidates, listDevices, possibleDevices } from './devices.ts';
import { evaluateModel } from './evaluate-model.ts';
import { exportModel } from './export-model.ts';
import { trainingMemory } from './memory.ts';
import { initialWeights, type ModelWeights, takeOver } from './model-weights.ts';
import { convLayers, filterBanks } from './pictures.ts';
import { Position } from './position.ts';
import { Run, type RunParts } from './run.ts';
import type { NamedValues } from './states.ts';
import { Trainer } from './trainer.ts';

type StartInput = InputOf<EngineContract, 'run.start'>;
type ExportInput = InputOf<EngineContract, 'model.export'>;

interface EngineOptions {
  /** What runs' folders are written with. */
  readonly files?: FileSystem;
  /** Opens what decodes image files; in this thread where left out. */
  readonly openDecoder?: () => ImageDecoder;
}

/** A start under way. */
interface Start {
  /** Calls it off. */
  readonly signal: AbortSignal;
  /** The preparation of an earlier start, which must have ended before a folder is taken. */
  readonly earlier: Promise<void>;
}

type Prepare = (compiled: CompiledDesign, start: Start) => Promise<Run>;

/** A run that goes on, with what its folder says of it. */
interface EarlierRun {
  readonly id: RunId;
  readonly folder: RunFolder;
  readonly info: RunInfo;
  readonly trials: StartInput['trials'];
}

/** All the training process can do, as the handlers of its contract. */
export class Engine {
  readonly #emit: Server<EngineContract>['emit'];
  readonly #data: DataSets;
  readonly #files: FileSystem;
  #run: Run | undefined;
  /** What is to be seen of a run, also of one that is still prepared. */
  #watched: { readonly run: RunId; readonly watch: EngineWatch } | undefined;
  /** Grows with every start and stop, so that a start under way notices that it is no longer wanted. */
  #turn = 0;
  /** Settles when the start under way has come to a run or to nothing. */
  #preparation: Promise<void> = Promise.resolve();
  /** Stops what the start under way waits for. */
  #starting = new AbortController();

  constructor(emit: Server<EngineContract>['emit'], { files = nodeFileSystem, openDecoder }: EngineOptions = {}) {
    this.#emit = emit;
    this.#files = files;
    this.#data = new DataSets({
      onProgress: (source, done, total) => emit('data.progress', { source, done, total }),
      ...(openDecoder && { openDecoder }),
    });
  }

  readonly handlers: Handlers<EngineContract> = {
    'data.describe': ({ source }) => this.#describe(source),
    'data.samples': ({ source, ...request }) => this.#samples(source, request),
    'devices.possible': () => possibleDevices(),
    'device.try': ({ device, measure }) => tryDevice(device, measure),
    'design.memory': ({ design, available }) => trainingMemory(readDesign(design), undefined, available),
    'devices.list': ({ trials }) => listDevices(trials),
    'run.start': (input) =>
      this.#begin(input.run, readDesign(input.design), (compiled, start) => this.#prepare(input, compiled, start)),
    'run.continue': async ({ run: id, folder, trials }) => {
      const run = new RunFolder(folder, this.#files);
      const { info, design } = await run.open();
      await this.#begin(id, readDesign(design), (compiled, start) =>
        this.#prepareAgain({ id, folder: run, info, trials }, compiled, start),
      );
    },
    'run.inspect': async ({ folder }) => {
      const run = new RunFolder(folder, this.#files);
      const { info, design } = await run.open();
      return { design, device: info.fingerprint.device, step: (await run.savedStep()) ?? 0 };
    },
    'run.pause': ({ run }) => this.#held(run)?.pause(),
    'run.resume': ({ run }) => this.#held(run)?.resume(),
    'run.stop': ({ run }) => this.#stop(run),
    'run.saveAs': async ({ run: id, folder }) => {
      const run = this.#held(id);
      if (run === undefined) throw new CallError('refused', 'There is no such run whose state could be saved.');
      return { step: await run.saveAs(folder) };
    },
    'run.discard': ({ run }) => this.#discard(run),
    'run.watch': async ({ run, ...watch }) => {
      this.#watched = { run, watch };
      await this.#held(run)?.watch(watch);
    },
    'run.filters': async ({ run, layer }) => this.#filters(run, layer),
    'model.export': (input) => this.#export(input),
    'model.evaluate': async ({ path, source, range }) => evaluateModel(path, await this.#data.read(source), range),
  };

  /** Lets go of the run that this engine holds; resolves when its folder is free for others. */
  async close(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    await run?.dispose();
  }

  /** The run with this id, where it is the one that this process holds. */
  #held(id: RunId): Run | undefined {
    return this.#run?.parts.id === id ? this.#run : undefined;
  }

  async #describe(source: DataSource): Promise<OutputOf<EngineContract, 'data.describe'>> {
    const set = await this.#data.read(source);
    const { name, shape, count, classNames, resizable = false } = set;
    const { train, validate } = splitOf(set);
    const classCounts = countClasses(set, train);
    return { name, shape: [...shape], count, classNames, classCounts, train, validate, resizable };
  }

  async #samples(
    source: DataSource,
    { begin, count, augment }: SamplesRequest,
  ): Promise<OutputOf<EngineContract, 'data.samples'>> {
    const set = await this.#data.read(source);
    const size = Math.min(begin + count, set.count) - begin;
    if (size <= 0) return { shape: [...set.shape], pixels: new Uint8Array(), labels: [] };
    const order = Uint32Array.from({ length: size }, (_, i) => begin + i);
    const augmented = augment && { settings: augment.settings, seed: augment.settings.seed };
    const batch = new Batcher(set, set.classNames.length, augmented).fill(order, 0, size, augment?.epoch);
    return { shape: [...set.shape], pixels: batch.pixels, labels: [...set.labels.subarray(begin, begin + size)] };
  }

  /** Calls off a start under way. */
  #callOff(): AbortSignal {
    this.#turn += 1;
    this.#starting.abort();
    this.#starting = new AbortController();
    return this.#starting.signal;
  }

  async #begin(run: RunId, compiled: CompiledDesign, prepare: Prepare): Promise<void> {
    const signal = this.#callOff();
    const turn = this.#turn;
    await this.#run?.dispose();
    this.#run = undefined;
    this.#emit('run.status', { run, status: 'preparing', message: '', diverged: false });
    // Reading data and trying devices may take a while; the caller sees it as events, or as the status `failed`.
    this.#preparation = prepare(compiled, { signal, earlier: this.#preparation }).then(
      (prepared) => this.#launch(prepared, turn),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        if (turn === this.#turn) this.#emit('run.status', { run, status: 'failed', message, diverged: false });
      },
    );
  }

  async #launch(run: Run, turn: number): Promise<void> {
    if (turn !== this.#turn) {
      await run.dispose();
      return;
    }
    this.#run = run;
    if (this.#watched?.run === run.parts.id) await run.watch(this.#watched.watch);
    run.start();
  }

  async #prepare(input: StartInput, compiled: CompiledDesign, { signal, earlier }: Start): Promise<Run> {
    const folder = input.folder === undefined ? undefined : new RunFolder(input.folder, this.#files);
    // Now, not after minutes of reading data.
    await folder?.check();
    const set = await this.#data.read(input.source, signal);
    const { train, validate } = input.ranges;
    const split = splitOf(set, { ...(train && { train }), ...(validate && { validate }) });
    const values = input.from === undefined ? initialValues(compiled) : await weightsFrom(input.from, compiled);
    const { run: id, device: asked, trials, steps, source } = input;
    const position = new Position();
    const startedAt = new Date().toISOString();
    const infoFor = (device: DeviceId): RunInfo => ({
      format: 'convcanvas-run',
      version: 1,
      startedAt,
      design: designOf(compiled),
      source,
      ranges: split,
      ...(steps && { steps }),
      fingerprint: fingerprint(set, compiled.design.training.seed, device),
    });
    const parts = { id, compiled, set, split, values, asked, trials, position, ...(steps && { steps }) };
    return this.#assemble(parts, async (device) => {
      let info: RunInfo | undefined;
      const describe = () => {
        info ??= infoFor(device);
        return info;
      };
      if (folder === undefined) return { info: describe };
      await earlier;
      await folder.create({ design: compiled.text, info: describe() });
      // First weights follow from the seed; others have to be kept.
      if (input.from !== undefined) await saveFirst(folder, { position, values });
      return { info: describe, folder };
    });
  }

  /** A run that goes on from its latest checkpoint, or from its beginning where it has none. */
  async #prepareAgain(
    { id, folder, info, trials }: EarlierRun,
    compiled: CompiledDesign,
    { signal, earlier }: Start,
  ): Promise<Run> {
    const set = await this.#data.read(info.source, signal);
    const { data, device: asked } = info.fingerprint;
    if (dataHash(set) !== data.sha256) {
      throw new DataSetError(
        `${set.name} is not what this run began with (${data.count} images, SHA-256 ${data.sha256.slice(0, 12)}…). Put the old files back, or start a new run.`,
      );
    }
    await earlier;
    await folder.take();
    try {
      const checkpoint = await folder.latest();
      const position = checkpoint?.position ?? new Position();
      const values = checkpoint?.values ?? initialValues(compiled);
      const { ranges: split, steps } = info;
      const parts = { id, compiled, set, split, values, asked, trials, position, ...(steps && { steps }) };
      return await this.#assemble(parts, async () => {
        // Last: what fails before leaves the metrics as they are.
        const history = await rewindMetrics(folder, checkpoint);
        return { info: () => info, history, folder };
      });
    } catch (error) {
      await folder.release().catch(() => undefined);
      throw error;
    }
  }

  /** @param open opens the run's folder on the device that was chosen, once everything else is ready */
  async #assemble(
    given: Pick<RunParts, 'id' | 'compiled' | 'set' | 'split' | 'position' | 'steps'> & {
      readonly values: NamedValues;
      readonly asked: DeviceChoice;
      readonly trials: StartInput['trials'];
    },
    open: (device: DeviceId) => Promise<Pick<RunParts, 'info' | 'folder' | 'history'>>,
  ): Promise<Run> {
    const { values, asked, trials, ...parts } = given;
    const { compiled, set, split } = parts;
    const { classes, warnings } = checkTrainable(compiled, set, split);
    const device = await chooseDevice(candidates(asked, trials), asked, compiled, set, classes, values);
    const { design, report } = compiled;
    const trainer = new Trainer(design.network, report, values, device.backend, design.training);
    try {
      // Images that are changed anew for every step are not worth keeping.
      const stored = isAugmented(design.training) ? '' : await trainer.store(set);
      await trainer.prepare(Math.min(design.training.batchSize, split.train.end - split.train.begin));
      const opened = await open(device.backend.name);
      const note = [device.note, stored].filter((text) => text !== '').join('; ');
      const named = { name: device.backend.name, note };
      return new Run({ ...parts, ...opened, classes, trainer, device: named, warnings }, { emit: this.#emit });
    } catch (error) {
      await trainer.dispose();
      throw error;
    }
  }

  /** Stops a run, or what is being prepared for it. */
  async #stop(id: RunId): Promise<void> {
    const run = this.#held(id);
    if (run !== undefined) {
      await run.stop();
      return;
    }
    this.#callOff();
    this.#emit('run.status', { run: id, status: 'stopped', message: '', diverged: false });
  }

  async #discard(id: RunId): Promise<void> {
    if (this.#held(id) !== undefined) await this.close();
  }

  async #filters(id: RunId, layer: string): Promise<OutputOf<EngineContract, 'run.filters'>> {
    const run = this.#held(id);
    const found = run && convLayers(run.parts.compiled.report).find((one) => one.layer === layer);
    if (run === undefined || found === undefined) throw new CallError('refused', 'No run has a CONV of that name.');
    const all = { filters: Number.POSITIVE_INFINITY, channels: Number.POSITIVE_INFINITY };
    const [bank] = await filterBanks(run.parts.trainer, [found], all);
    if (bank === undefined) throw new CallError('failed', 'The filters could not be read.');
    return bank;
  }

  async #export({ design, path, source, weights }: ExportInput): Promise<OutputOf<EngineContract, 'model.export'>> {
    const compiled = readDesign(design);
    const run = weights?.type === 'run' ? this.#held(weights.run) : undefined;
    const set = run?.parts.set ?? (source === undefined ? undefined : await this.#data.read(source));
    return exportModel(path, compiled, await this.#weightsFor(compiled, weights), set);
  }

  /** A design's weights: first ones, and over them those of a run that its layers still have. */
  async #weightsFor(compiled: CompiledDesign, weights: TrainedWeights | undefined): Promise<ModelWeights> {
    if (weights === undefined) return initialWeights(compiled);
    if (weights.type === 'checkpoint') {
      const { tensors } = await readTensors(weights.path);
      return takeOver(compiled, readDesign(weights.design), tensors, weights.steps);
    }
    const run = this.#held(weights.run);
    if (run === undefined) throw new CallError('refused', 'The run whose weights were asked for has ended.');
    return takeOver(compiled, run.parts.compiled, await run.parts.trainer.values(), run.step);
  }
}

function designOf({ design: { id, name } }: CompiledDesign): RunInfo['design'] {
  return { ...(id !== undefined && { id }), name };
}

/** The first checkpoint of a run that was just begun; without it there is no run. */
async function saveFirst(folder: RunFolder, checkpoint: Checkpoint): Promise<void> {
  try {
    await folder.save(checkpoint);
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

/** The weights of an ONNX or safetensors file (a checkpoint is one), in the places of a design. */
async function weightsFrom(path: string, { report }: CompiledDesign): Promise<NamedValues> {
  try {
    const safe = path.endsWith('.safetensors');
    if (safe) return matchTensors(report, (await readTensors(path)).tensors);
    return matchTensors(report, readModel(await readFileUpTo(path, MAX_MODEL_FILE)).tensors);
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
