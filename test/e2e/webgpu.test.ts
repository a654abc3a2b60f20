/**
 * The GPU path for real, slowly: WebGPU over Vulkan on SwiftShader, a GPU in software that Chromium brings along.
 * Skipped where it is not at hand.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '#core/onnx/decode.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { writeDigits } from '../idx-files.ts';
import { chain, conv, input } from '../networks.ts';
import { temporaryFolder } from '../temporary.ts';
import { root } from './paths.ts';

const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const LOADERS = ['/usr/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib/aarch64-linux-gnu/libvulkan.so.1'];
const atHand = existsSync(DRIVER) && LOADERS.some(existsSync);

const BIN = join(root, 'bin', 'convcanvas');

function cli(...args: readonly string[]) {
  const env = { ...process.env, VK_ICD_FILENAMES: DRIVER };
  return spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8', env });
}

describe.skipIf(!atHand)('WebGPU in software', () => {
  it('is found', () => {
    const devices = JSON.parse(cli('devices', '--json').stdout);
    expect(devices[1]).toMatchObject({
      id: 'webgpu',
      available: true,
      agrees: true,
      imagesPerSecond: expect.any(Number),
    });
  });

  /** A folder with a small data set and a design for it. */
  function prepare() {
    const folder = temporaryFolder();
    writeDigits(join(folder, 'data'), 60);
    // The second CONV has 6 channels: a number with which the provider's own CONV is wrong.
    const network = chain(
      input(1, 28),
      conv(6, 5, 3),
      ['ReLU'],
      ['MaxPooling2D'],
      conv(4, 3, 1, 1),
      ['BatchNormalization'],
      ['ReLU'],
      ['Flatten'],
      ['Dense', { units: 10 }],
      ['Softmax'],
    );
    const design = { name: 'Small', network, training: { ...DEFAULT_TRAINING, batchSize: 16 }, classLabels: [] };
    const file = join(folder, 'small.convcanvas');
    writeFileSync(file, formatDesign(design));
    return { folder, file };
  }

  it('trains, after a step that agreed with the CPU, and gives the same losses', () => {
    const { folder, file } = prepare();
    const train = (device: string) =>
      cli('train', file, '--data', join(folder, 'data'), '--steps', '4', '--device', device, '--json');
    const losses = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ event }) => event === 'step')
        .map(({ loss }) => loss as number);
    const onGpu = losses(train('webgpu').stdout);
    const onCpu = losses(train('cpu').stdout);
    expect(onGpu).toHaveLength(4);
    onGpu.forEach((loss, i) => {
      expect(loss).toBeCloseTo(onCpu[i] as number, 4);
    });
  });

  it('trains LeNet-5, with its 6 → 16 CONV, for ten steps to the same weights', () => {
    const folder = temporaryFolder();
    writeDigits(join(folder, 'data'), 100);
    const weights = (device: string) => {
      const out = join(folder, `${device}.onnx`);
      const options = ['--steps', '10', '--batch-size', '8', '--device', device, '--out', out];
      const { status, stdout, stderr } = cli('train', 'lenet5', '--data', join(folder, 'data'), ...options);
      expect(status, stderr).toBe(0);
      expect(stdout).toContain(
        device === 'cpu'
          ? 'device cpu (chosen)'
          : 'device webgpu (chosen; one step agreed with the CPU; the data set stays on it (104.80 kB))',
      );
      expect(stdout).toContain('run in ONNX Runtime, it differs by at most');
      return readModel(readFileSync(out)).tensors;
    };
    const [onGpu, onCpu] = [weights('webgpu'), weights('cpu')];
    expect([...onGpu.keys()]).toContain('conv2.weight');
    for (const [name, { data }] of onCpu) {
      const found = onGpu.get(name)?.data as Float32Array;
      const largest = (data as Float32Array).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
      const worst = found.reduce((most, value, i) => Math.max(most, Math.abs(value - (data[i] as number))), 0);
      expect(worst / largest, name).toBeLessThan(1e-3);
    }
  });

  it('goes on from a checkpoint, with what the optimizer keeps, as if it had not been stopped', async () => {
    const { folder, file } = prepare();
    const args = ['train', file, '--data', join(folder, 'data'), '--device', 'webgpu', '--epochs', '3', '--json'];
    const [whole, pieces] = [join(folder, 'whole'), join(folder, 'pieces')];
    expect(cli(...args, '--run', whole).status).toBe(0);
    const env = { ...process.env, VK_ICD_FILENAMES: DRIVER };
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const child = spawn(process.execPath, [BIN, ...args, '--run', pieces], { env, stdio: [...stdio] });
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('"step":2')) child.kill('SIGINT');
      });
      child.once('exit', () => resolve());
    });
    const resumed = cli('resume', pieces, '--json');
    expect(resumed.status, resumed.stderr).toBe(0);
    const losses = (run: string) =>
      readFileSync(join(run, 'metrics.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .flatMap(({ event, loss }) => (event === 'step' ? [loss] : []));
    expect(losses(pieces)).toHaveLength(12);
    expect(losses(pieces)).toEqual(losses(whole));
  });
});
