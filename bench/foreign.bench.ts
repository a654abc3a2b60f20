import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type ModelProto, ModelProtoSchema, ValueInfoProtoSchema } from 'onnx-buf';
import type { Network } from '#core/network/network.ts';
import { propagate } from '#core/network/propagate.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { randomStream } from '#core/random.ts';
import { TEMPLATES } from '#core/templates/index.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { InferenceSession, Tensor } from '#main/training/onnx-runtime.ts';
import { root } from '../scripts/setup.mjs';
import { randomNetwork } from '../test/random-networks.ts';
import { withFolder } from './app.ts';

export const title = "exported models in OpenCV's DNN and in ONNX's checker (Debian: python3-opencv, python3-onnx)";
export const long = true;

const RANDOM = 60;
/** Images in the larger of the two batches that are compared; the other is a single one. */
const BATCH = 3;

interface Model {
  readonly name: string;
  /** The model file, with random numbers in place of first weights. */
  readonly file: string;
  readonly shape: readonly number[];
}

/** What bench/foreign.py says of one model: '' or what is wrong, and the relative differences of both batches. */
interface Found {
  readonly name: string;
  readonly check: string;
  readonly opencv: string;
  readonly differences: readonly number[];
}

/** Nodes, or groups of them, that OpenCV gets wrong where they are a model of their own. */
interface Blamed {
  readonly name: string;
  readonly nodes: readonly { readonly what: string; readonly why: string }[];
}

/** The largest difference, relative to the largest output. */
const AGREES = 1e-4;

export async function run(): Promise<void> {
  const python = findPython();
  if (python === undefined) {
    throw new Error('No Python with OpenCV and ONNX was found (Debian: apt-get install python3-opencv python3-onnx).');
  }
  const wanted = process.env['MODELS']?.split(',');
  const found: Found[] = [];
  const blamed: Blamed[] = [];
  for (const [name, network] of networks()) {
    if (wanted !== undefined && !wanted.some((part) => name.startsWith(part))) continue;
    // One by one: all of them take some gigabytes.
    await withFolder(async (folder) => {
      const model = await write(folder, name, network);
      const result = ask<Found>(python, 'compare', model);
      found.push(result);
      if (agrees(result)) return;
      await writeEveryValue(model);
      blamed.push(ask<Blamed>(python, 'blame', model));
    });
  }
  report(found, blamed);
}

function agrees({ check, opencv, differences }: Found): boolean {
  return check === '' && opencv === '' && differences.every((difference) => difference < AGREES);
}

function* networks(): Generator<readonly [string, Network]> {
  for (const { id, create: make } of TEMPLATES) yield [id, make().network];
  for (let seed = 1; seed <= RANDOM; seed++) {
    yield [`random ${seed}`, randomNetwork(seed, { layers: 7, classes: 4 })];
  }
}

/** Exports a network on the command line, gives it random weights, and stores images and what ONNX Runtime makes of them. */
async function write(folder: string, name: string, network: Network): Promise<Model> {
  const path = join(folder, name.replace(' ', '-'));
  const design = { name, network, training: DEFAULT_TRAINING, classLabels: [] };
  writeFileSync(`${path}.convcanvas`, formatDesign(design));
  execFileSync(join(root, 'bin/convcanvas'), ['export', `${path}.convcanvas`, '-o', `${path}.onnx`]);
  const model = fromBinary(ModelProtoSchema, readFileSync(`${path}.onnx`));
  shakeWeights(model, name);
  writeFileSync(`${path}.onnx`, toBinary(ModelProtoSchema, model));
  const report = propagate(network);
  const shape = report.layers.get(report.input ?? '')?.shape ?? [];
  const random = randomStream(1, `images of ${name}`);
  const pixels = Float32Array.from({ length: BATCH * elementCount(shape) }, () => random.below(256));
  writeFileSync(`${path}.input`, pixels);
  const [output] = await runModel(readFileSync(`${path}.onnx`), pixels, [BATCH, ...shape]);
  writeFileSync(`${path}.output`, output?.data as Float32Array);
  return { name, file: path, shape };
}

/** First biases are zero and first statistics 0 and 1: a client that ignored them would not be found out. */
function shakeWeights({ graph }: ModelProto, name: string): void {
  const random = randomStream(1, `weights of ${name}`);
  for (const tensor of graph?.initializer ?? []) {
    if (!/\.(weight|bias|running_mean|running_var)$/.test(tensor.name) || tensor.dims.length !== 1) continue;
    const isPositive = tensor.name.endsWith('_var') || tensor.name.endsWith('.weight');
    const value = () => (isPositive ? random.between(0.5, 1.5) : random.between(-0.5, 0.5));
    const values = Float32Array.from({ length: Number(tensor.dims[0]) }, value);
    tensor.rawData = new Uint8Array(values.buffer);
  }
}

async function runModel(file: Uint8Array, pixels: Float32Array, dims: readonly number[]) {
  const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
  try {
    const results = await session.run({ [session.inputNames[0] as string]: new Tensor('float32', pixels, dims) });
    return session.outputNames.map((name) => results[name] as Tensor);
  } finally {
    await session.release();
  }
}

/** Stores what every node of a model gives for the images, and the node's inputs' sizes with it. */
async function writeEveryValue({ file, shape }: Model): Promise<void> {
  const model = fromBinary(ModelProtoSchema, readFileSync(`${file}.onnx`));
  const names = (model.graph?.node ?? []).flatMap(({ output }) => output);
  if (model.graph !== undefined) model.graph.output = names.map((name) => create(ValueInfoProtoSchema, { name }));
  const pixels = new Float32Array(new Uint8Array(readFileSync(`${file}.input`)).buffer);
  const values = await runModel(toBinary(ModelProtoSchema, model), pixels, [BATCH, ...shape]);
  const index = names.map((name, i) => {
    const { dims, type, data } = values[i] as Tensor;
    writeFileSync(`${file}.${i}.value`, data as Float32Array);
    return { name, dims, type, file: `${file}.${i}.value` };
  });
  writeFileSync(`${file}.values.json`, JSON.stringify(index));
}

function findPython(): string | undefined {
  const candidates = [process.env['CONVCANVAS_PYTHON'], 'python3', '/usr/bin/python3'];
  return candidates.find(
    (name) => name !== undefined && spawnSync(name, ['-c', 'import cv2, onnx'], { stdio: 'ignore' }).status === 0,
  );
}

/** Runs bench/foreign.py, in which a client may crash. */
function ask<T extends { readonly name: string }>(python: string, what: 'compare' | 'blame', model: Model): T {
  const script = join(import.meta.dirname, 'foreign.py');
  const { stdout, signal, status } = spawnSync(python, [script, what, JSON.stringify(model)], { encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout) as T;
  const opencv = `the process ended with ${signal ?? status}`;
  return { name: model.name, check: '', opencv, differences: [], nodes: [] } as unknown as T;
}

function report(found: readonly Found[], blamed: readonly Blamed[]): void {
  const agreeing = found.filter(agrees);
  const largest = Math.max(0, ...agreeing.flatMap(({ differences }) => differences)).toExponential(1);
  console.log(
    `  ${agreeing.length} of ${found.length} models load and agree with batches of 1 and ${BATCH} (${largest})`,
  );
  const counts = new Map<string, number>();
  for (const result of found.filter((one) => !agrees(one))) {
    console.log(`  ${result.name}: ${failureOf(result)}`);
    const nodes = blamed.find(({ name }) => name === result.name)?.nodes ?? [];
    for (const { what, why } of nodes) console.log(`    ${what}: ${why}`);
    const operators = nodes.map(({ what }) => what.replace(/ \{.*?\}/g, ''));
    for (const key of new Set(operators)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  console.log('  What OpenCV gets wrong where it is a model of its own, and in how many of the models:');
  for (const [operators, count] of counts) console.log(`    ${operators}: ${count}`);
  const unexplained = blamed.filter(({ nodes }) => nodes.length === 0).length;
  const checked = found.filter(({ check }) => check !== '').length;
  console.log(`  ${unexplained} models differ for another reason; ${checked} are refused by ONNX's checker`);
  if (unexplained + checked > 0) throw new Error('Some models fail for a reason of ours.');
}

function failureOf({ check, opencv, differences }: Found): string {
  if (check !== '') return `ONNX's checker: ${check}`;
  if (opencv !== '') return opencv;
  return `differs by ${differences.map((difference) => difference.toExponential(1)).join(' and ')}`;
}
