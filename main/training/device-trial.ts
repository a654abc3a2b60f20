import type { DeviceId } from '#contract/schemas.ts';
import { GraphBuilder } from '#core/onnx/builder.ts';
import { float32 } from '#core/onnx/tensor.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { randomStream } from '#core/random.ts';
import { findTemplate } from '#core/templates/index.ts';
import type { ImageSet } from '../datasets/image-set.ts';
import { backend } from './backend.ts';
import type { Backend } from './backends/define.ts';
import { stepTime } from './choose-device.ts';
import { initialValues, readDesign } from './compiled-design.ts';
import { Tensor } from './onnx-runtime.ts';
import { compareWithCpu } from './trust.ts';

const CLASSES = 10;
/** Pictures in a measured step. */
const BATCH = 64;

/**
 * Adds two numbers on a device or, to measure it, does one training step of LeNet-5 there and on the CPU. Throws where it
 * comes out wrong or the device cannot be used; a broken driver may end the process, which is therefore one that has
 * nothing else to do (contract/device-trials.ts).
 */
export async function tryDevice(device: DeviceId, measure: boolean): Promise<{ imagesPerSecond: number | null }> {
  try {
    if (measure) return { imagesPerSecond: await measuredSpeed(backend(device)) };
    await addNumbers(backend(device));
    return { imagesPerSecond: null };
  } catch (error) {
    throw new Error(reasonIn(error instanceof Error ? error.message : String(error)));
  }
}

async function addNumbers(device: Backend): Promise<void> {
  const graph = new GraphBuilder('trial');
  const x = graph.input('x', { dtype: 'float32', dims: [2] });
  graph.output(graph.add('Add', [x, graph.constant(float32([2], [1, 2]))], {}), 'y');
  const session = await device.createSession(graph.build());
  const { y } = await session.run({ x: new Tensor('float32', [1, 1], [2]) });
  const sum = y?.data as Float32Array;
  if (sum.join() !== '2,3') throw new Error('1 + 1 and 1 + 2 came out wrong');
}

/** LeNet-5's images a second, once a step of it has agreed with the CPU. */
async function measuredSpeed(tried: Backend): Promise<number> {
  const template = findTemplate('lenet5');
  if (template === undefined) throw new Error('There is no template lenet5');
  const design = template.create();
  const compiled = readDesign(formatDesign({ ...design, training: { ...design.training, batchSize: BATCH } }));
  const values = initialValues(compiled);
  const set = randomPictures();
  const cpu = backend('cpu');
  if (tried !== cpu) {
    const verdict = await compareWithCpu(compiled, set, CLASSES, values, tried, cpu);
    if (!verdict.agrees) throw new Error(verdict.reason);
  }
  return (1000 * BATCH) / (await stepTime(tried, compiled, set, CLASSES, values));
}

function randomPictures(): ImageSet {
  const random = randomStream(1, 'device trial');
  const pixels = Uint8Array.from({ length: BATCH * 28 * 28 }, () => random.below(256));
  const labels = Uint16Array.from({ length: BATCH }, (_, i) => i % CLASSES);
  const classNames = Array.from({ length: CLASSES }, (_, i) => String(i));
  return { name: 'random pictures', shape: [1, 28, 28], count: BATCH, pixels, labels, classNames };
}

function reasonIn(error: string): string {
  if (/No supported adapters|Failed to get a WebGPU adapter/i.test(error))
    return 'no GPU with a working driver was found';
  return error.split('\n')[0]?.trim().slice(0, 200) || 'it could not be started';
}
