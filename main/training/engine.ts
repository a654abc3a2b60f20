import { readFile } from 'node:fs/promises';
import type { InputOf, OutputOf } from '#contract/define.ts';
import { CallError } from '#contract/define.ts';
import type { DataSource, EngineContract } from '#contract/engine.ts';
import type { Handlers, Server } from '#contract/serve.ts';
import { matchTensors } from '#core/export/onnx.ts';
import { readModel } from '#core/onnx/decode.ts';
import { splitOf } from '../datasets/image-set.ts';
import { DataSets } from '../datasets/source.ts';
import { chooseDevice } from './choose-device.ts';
import { type CompiledDesign, checkFit, initialValues, readDesign, structureOf } from './compiled-design.ts';
import { candidate, listDevices, tryGpu } from './devices.ts';
import { evaluateModel } from './evaluate-model.ts';
import { exportModel, writeModel } from './export-model.ts';
import { convLayers, filterBanks } from './pictures.ts';
import { Run } from './run.ts';
import { type NamedValues, Trainer } from './trainer.ts';

type StartInput = InputOf<EngineContract, 'run.start'>;
type ExportInput = InputOf<EngineContract, 'model.export'>;

/** All the training process can do, as the handlers of its contract. */
export class Engine {
  readonly #emit: Server<EngineContract>['emit'];
  readonly #data = new DataSets();
  #run: Run | undefined;
  #watch: InputOf<EngineContract, 'run.watch'> = { filters: false, activations: null };
  /** Grows with every start and stop, so that a start under way notices that it is no longer wanted. */
  #turn = 0;

  constructor(emit: Server<EngineContract>['emit']) {
    this.#emit = emit;
  }

  readonly handlers: Handlers<EngineContract> = {
    'data.describe': ({ source }) => this.#describe(source),
    'data.samples': ({ source, begin, count }) => this.#samples(source, begin, count),
    'gpu.try': () => tryGpu(),
    'devices.list': ({ gpu }) => listDevices(gpu),
    'run.start': (input) => this.#start(input),
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
    const { name, shape, count, classNames } = set;
    const { train, validate } = splitOf(set);
    return { name, shape: [...shape], count, classNames, train, validate };
  }

  async #samples(source: DataSource, begin: number, count: number): Promise<OutputOf<EngineContract, 'data.samples'>> {
    const { shape, pixels, labels, count: all } = await this.#data.read(source);
    const each = shape[0] * shape[1] * shape[2];
    const end = Math.min(begin + count, all);
    return {
      shape: [...shape],
      pixels: pixels.slice(begin * each, end * each),
      labels: [...labels.subarray(begin, end)],
    };
  }

  async #start(input: StartInput): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const compiled = readDesign(input.design);
    await this.#run?.dispose();
    this.#run = undefined;
    this.#emit('run.status', { status: 'preparing', message: '' });
    // Reading data and trying devices may take a while; the caller sees it as events, or as the status `failed`.
    const prepared = this.#prepare(input, compiled);
    prepared.then(
      (run) => this.#begin(run, turn),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        if (turn === this.#turn) this.#emit('run.status', { status: 'failed', message });
      },
    );
  }

  async #begin(run: Run, turn: number): Promise<void> {
    if (turn !== this.#turn) {
      await run.dispose();
      return;
    }
    this.#run = run;
    await run.watch(this.#watch);
    run.start();
  }

  async #prepare(input: StartInput, compiled: CompiledDesign): Promise<Run> {
    const set = await this.#data.read(input.source);
    const { classes } = checkFit(compiled, set);
    const { train, validate } = input.ranges;
    const split = splitOf(set, { ...(train && { train }), ...(validate && { validate }) });
    const values = input.from === undefined ? initialValues(compiled) : await weightsFrom(input.from, compiled);
    const device = await chooseDevice(candidate(input.device, input.gpu), input.device, compiled, set, classes, values);
    const { design, report } = compiled;
    const trainer = new Trainer(design.network, report, values, device.backend, design.training);
    await trainer.prepare(Math.min(design.training.batchSize, split.train.end - split.train.begin));
    const { autosave } = input;
    const run: Run = new Run(
      {
        compiled,
        set,
        split,
        classes,
        trainer,
        device: { name: device.backend.name, note: device.note },
        ...(input.steps !== undefined && { steps: input.steps }),
        ...(autosave !== undefined && {
          save: async () => {
            await writeModel(autosave, compiled, await trainer.values(), set);
            this.#emit('run.saved', { step: run.step, path: autosave });
          },
        }),
      },
      { emit: this.#emit },
    );
    return run;
  }

  async #stop(): Promise<void> {
    this.#turn += 1;
    if (this.#run === undefined) this.#emit('run.status', { status: 'stopped', message: '' });
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

/** The weights of an ONNX file, in the places of a design. */
async function weightsFrom(path: string, { report }: CompiledDesign): Promise<NamedValues> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new Error(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  try {
    return matchTensors(report, readModel(bytes).tensors);
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
