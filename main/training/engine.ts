import type { InputOf, OutputOf } from '#contract/define.ts';
import { CallError } from '#contract/define.ts';
import type { DataSource, EngineContract } from '#contract/engine.ts';
import type { DeviceChoice, DeviceId, SamplesRequest } from '#contract/schemas.ts';
import type { Handlers, Server } from '#contract/serve.ts';
import { matchTensors } from '#core/export/onnx.ts';
import { readModel } from '#core/onnx/decode.ts';
import { MAX_MODEL_FILE, readFileUpTo } from '#disk/regular-file.ts';
import { isAugmented } from '../datasets/augment/index.ts';
import { Batcher } from '../datasets/batches.ts';
import type { ImageDecoder } from '../datasets/image-decoder.ts';
import { DataSetError, splitOf } from '../datasets/image-set.ts';
import { DataSets } from '../datasets/source.ts';
import { readTensors } from '../files/safetensors.ts';
import { dataHash, fingerprint } from '../runs/fingerprint.ts';
import { rewindMetrics } from '../runs/metrics.ts';
import { RunFolder, type RunInfo } from '../runs/run-folder.ts';
import { chooseDevice } from './choose-device.ts';
import { type CompiledDesign, checkFit, initialValues, readDesign, structureOf } from './compiled-design.ts';
import { tryDevice } from './device-trial.ts';
import { candidates, listDevices, possibleDevices } from './devices.ts';
import { evaluateModel } from './evaluate-model.ts';
import { exportModel } from './export-model.ts';
import { trainingMemory } from './memory.ts';
import { convLayers, filterBanks } from './pictures.ts';
import { Position } from './position.ts';
import { Run, type RunParts } from './run.ts';
import type { NamedValues } from './states.ts';
import { Trainer } from './trainer.ts';

type StartInput = InputOf<EngineContract, 'run.start'>;
type ExportInput = InputOf<EngineContract, 'model.export'>;
/** Makes a run; the signal calls it off. */
type Prepare = (compiled: CompiledDesign, signal: AbortSignal) => Promise<Run>;

/** All the training process can do, as the handlers of its contract. */
export class Engine {
  readonly #emit: Server<EngineContract>['emit'];
  readonly #data: DataSets;
  #run: Run | undefined;
  #watch: InputOf<EngineContract, 'run.watch'> = { filters: false, activations: null };
  /** Grows with every start and stop, so that a start under way notices that it is no longer wanted. */
  #turn = 0;
  /** Stops what the start under way waits for. */
  #starting = new AbortController();

  /** @param openDecoder opens what decodes image files; in this thread where left out */
  constructor(emit: Server<EngineContract>['emit'], openDecoder?: () => ImageDecoder) {
    this.#emit = emit;
    const onProgress = (done: number, total: number) => emit('data.progress', { done, total });
    this.#data = new DataSets({ onProgress, ...(openDecoder && { openDecoder }) });
  }

  readonly handlers: Handlers<EngineContract> = {
    'data.describe': ({ source }) => this.#describe(source),
    'data.samples': ({ source, ...request }) => this.#samples(source, request),
    'devices.possible': () => possibleDevices(),
    'device.try': ({ device, measure }) => tryDevice(device, measure),
    'design.memory': ({ design, available }) => trainingMemory(readDesign(design), undefined, available),
    'devices.list': ({ trials }) => listDevices(trials),
    'run.start': (input) =>
      this.#begin(readDesign(input.design), (compiled, signal) => this.#prepare(input, compiled, signal)),
    'run.continue': async ({ folder, trials }) => {
      const run = new RunFolder(folder);
      const { info, design } = await run.open();
      const prepare: Prepare = (compiled, signal) => this.#prepareAgain(run, info, compiled, trials, signal);
      await this.#begin(readDesign(design), prepare);
    },
    'run.inspect': async ({ folder }) => {
      const run = new RunFolder(folder);
      const { info, design } = await run.open();
      return { design, device: info.fingerprint.device, step: (await run.savedStep()) ?? 0 };
    },
    'run.pause': () => this.#run?.pause(),
    'run.resume': () => this.#run?.resume(),
    'run.stop': () => this.#stop(),
    'run.watch': async (wanted) => {
      this.#watch = wanted;
      await this.#run?.watch(wanted);
    },
    'run.filters': async ({ layer }) => this.#filters(layer),
    'model.export': (input) => this.#export(input),
    'model.evaluate': async ({ path, source, range }) => evaluateModel(path, await this.#data.read(source), range),
  };

  async #describe(source: DataSource): Promise<OutputOf<EngineContract, 'data.describe'>> {
    const set = await this.#data.read(source);
    const { name, shape, count, classNames, resizable = false } = set;
    const { train, validate } = splitOf(set);
    return { name, shape: [...shape], count, classNames, train, validate, resizable };
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

  async #begin(compiled: CompiledDesign, prepare: Prepare): Promise<void> {
    const signal = this.#callOff();
    const turn = this.#turn;
    await this.#run?.dispose();
    this.#run = undefined;
    this.#emit('run.status', { status: 'preparing', message: '', diverged: false });
    // Reading data and trying devices may take a while; the caller sees it as events, or as the status `failed`.
    prepare(compiled, signal).then(
      (run) => this.#launch(run, turn),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        if (turn === this.#turn) this.#emit('run.status', { status: 'failed', message, diverged: false });
      },
    );
  }

  async #launch(run: Run, turn: number): Promise<void> {
    if (turn !== this.#turn) {
      await run.dispose();
      return;
    }
    this.#run = run;
    await run.watch(this.#watch);
    run.start();
  }

  async #prepare(input: StartInput, compiled: CompiledDesign, signal: AbortSignal): Promise<Run> {
    const set = await this.#data.read(input.source, signal);
    const { train, validate } = input.ranges;
    const split = splitOf(set, { ...(train && { train }), ...(validate && { validate }) });
    const values = input.from === undefined ? initialValues(compiled) : await weightsFrom(input.from, compiled);
    const { device: asked, trials, steps, source } = input;
    const parts = { compiled, set, split, values, asked, trials, position: new Position(), ...(steps && { steps }) };
    return this.#assemble(parts, async (device) => {
      if (input.folder === undefined) return undefined;
      const folder = new RunFolder(input.folder);
      await folder.create(compiled.text, {
        format: 'convcanvas-run',
        version: 1,
        startedAt: new Date().toISOString(),
        source,
        ranges: split,
        ...(steps && { steps }),
        fingerprint: fingerprint(set, compiled.design.training.seed, device),
      });
      // First weights follow from the seed; others have to be kept.
      if (input.from !== undefined) await folder.save({ position: parts.position, values });
      return folder;
    });
  }

  /** A run that goes on from its latest checkpoint, or from its beginning where it has none. */
  async #prepareAgain(
    folder: RunFolder,
    info: RunInfo,
    compiled: CompiledDesign,
    trials: StartInput['trials'],
    signal: AbortSignal,
  ): Promise<Run> {
    const set = await this.#data.read(info.source, signal);
    const { data, device: asked } = info.fingerprint;
    if (dataHash(set) !== data.sha256) {
      throw new DataSetError(
        `${set.name} is not what this run began with (${data.count} images, SHA-256 ${data.sha256.slice(0, 12)}…). Put the old files back, or start a new run.`,
      );
    }
    await folder.take();
    const checkpoint = await folder.latest();
    const position = checkpoint?.position ?? new Position();
    const values = checkpoint?.values ?? initialValues(compiled);
    await rewindMetrics(folder.metrics, position);
    const { ranges: split, steps } = info;
    const parts = { compiled, set, split, values, asked, trials, position, ...(steps && { steps }) };
    return this.#assemble(parts, async () => folder);
  }

  async #assemble(
    given: Pick<RunParts, 'compiled' | 'set' | 'split' | 'position' | 'steps'> & {
      readonly values: NamedValues;
      readonly asked: DeviceChoice;
      readonly trials: StartInput['trials'];
    },
    openFolder: (device: DeviceId) => Promise<RunFolder | undefined>,
  ): Promise<Run> {
    const { values, asked, trials, ...parts } = given;
    const { compiled, set, split } = parts;
    const { classes } = checkFit(compiled, set);
    const device = await chooseDevice(candidates(asked, trials), asked, compiled, set, classes, values);
    const { design, report } = compiled;
    const trainer = new Trainer(design.network, report, values, device.backend, design.training);
    // Pictures that are changed anew for every step are not worth keeping.
    const stored = isAugmented(design.training) ? '' : await trainer.store(set);
    await trainer.prepare(Math.min(design.training.batchSize, split.train.end - split.train.begin));
    const folder = await openFolder(device.backend.name);
    const named = { name: device.backend.name, note: [device.note, stored].filter((text) => text !== '').join('; ') };
    return new Run({ ...parts, classes, trainer, device: named, ...(folder && { folder }) }, { emit: this.#emit });
  }

  async #stop(): Promise<void> {
    this.#callOff();
    if (this.#run === undefined) this.#emit('run.status', { status: 'stopped', message: '', diverged: false });
    await this.#run?.stop();
  }

  async #filters(layer: string): Promise<OutputOf<EngineContract, 'run.filters'>> {
    const run = this.#run;
    const found = run && convLayers(run.parts.compiled.report).find((one) => one.layer === layer);
    if (run === undefined || found === undefined) throw new CallError('refused', 'No run has a CONV of that name.');
    const all = { filters: Number.POSITIVE_INFINITY, channels: Number.POSITIVE_INFINITY };
    const [bank] = await filterBanks(run.parts.trainer, [found], all);
    if (bank === undefined) throw new CallError('failed', 'The filters could not be read.');
    return bank;
  }

  async #export({ design, path, source, from }: ExportInput): Promise<OutputOf<EngineContract, 'model.export'>> {
    const compiled = readDesign(design);
    const run = this.#run;
    const set = run?.parts.set ?? (source === undefined ? undefined : await this.#data.read(source));
    if (run !== undefined && run.step > 0 && structureOf(run.parts.compiled) === structureOf(compiled)) {
      const steps = run.step;
      const values = await run.parts.trainer.values();
      return exportModel(path, compiled, values, { weights: 'trained', steps }, set);
    }
    if (from !== undefined) {
      const values = await weightsFrom(from.path, compiled);
      return exportModel(path, compiled, values, { weights: 'trained', steps: from.steps }, set);
    }
    return exportModel(path, compiled, initialValues(compiled), { weights: 'initial', steps: 0 }, set);
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
